"""Worker processes for readers that can hang, crash or exhaust memory."""
