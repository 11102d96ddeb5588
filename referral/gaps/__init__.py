"""What is missing: needs that nothing met, as those who work with people tell them."""
