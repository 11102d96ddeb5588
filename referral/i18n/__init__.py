"""Which language a page speaks, and how dates, lists and numbers read in it."""
