"""Files that hold many articles or files: feeds, web archives, packed files."""
