"""Exports of press databases: files that hold many articles, each with fields that say what it is."""
