"""Exports of press databases: files with many articles, each with its metadata in fields."""
