"""Files of fictional people in bulk, to measure with."""
