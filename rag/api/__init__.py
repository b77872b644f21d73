"""The HTTP API for programs: /api/v1."""
