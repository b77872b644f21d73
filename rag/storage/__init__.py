"""The archive on disk: articles, passages and vectors in SQLite, and all SQL of the project."""
