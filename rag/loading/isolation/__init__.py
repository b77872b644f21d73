"""Processes for readers that can hang, crash or eat memory."""
