"""Test questions: files, retrieval sets, rules, relevance feedback."""
