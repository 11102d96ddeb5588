"""What people tell us without an account: listings to correct, needs that nothing met."""
