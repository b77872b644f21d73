"""Files that contain other files or many articles: archives, web archives, mailboxes, feeds."""
