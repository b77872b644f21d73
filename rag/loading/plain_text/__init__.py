"""What is read line by line: plain text and Markdown."""
