"""Keeping listings true: organizations tell, vetters verify, readers see at once what may be seen at once."""
