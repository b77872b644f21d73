"""The JSON of Fundstelle: what the command line prints, the HTTP API sends, and the schemas in docs/ describe."""
