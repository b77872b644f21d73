"""Runs to HTML, Markdown, SVG and JSON."""
