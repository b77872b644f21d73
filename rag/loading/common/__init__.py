"""What all readers of files share: drafts, encodings, dates, file types, sidecars."""
