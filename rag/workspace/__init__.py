"""What people add to an archive while they work with it."""
