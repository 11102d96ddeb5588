"""What `bench/search.py` measures against, and on what."""
