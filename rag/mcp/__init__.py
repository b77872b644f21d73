"""The archive as tools, resources and prompts of the Model Context Protocol, for assistants."""
