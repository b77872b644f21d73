"""Pages, feeds and sitemaps on the web → files in the archive's folder, when a person asks for them."""
