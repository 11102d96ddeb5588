"""Editions: immutable files compiled from the directory database, from which all that is public is served."""
