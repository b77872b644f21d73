"""Articles, passages and vectors of an archive as files for other programs."""
