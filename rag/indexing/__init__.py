"""From files to the store: discover, read, cut, encode, settle; only what changed."""
