"""Who looked at what, who changed what, who was refused: append-only, chained, one chain a database."""
