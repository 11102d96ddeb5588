"""Places of Québec: finding them, measuring between them, showing no more than may be shown."""
