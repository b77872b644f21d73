"""The database of an archive in PostgreSQL: what differs from SQLite, and nothing of what is stored."""
