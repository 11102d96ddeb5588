"""Keys of case files: one for each file, wrapped by its organization's, wrapped by the master key."""
