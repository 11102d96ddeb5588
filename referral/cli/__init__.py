"""``flask relais …``: each command calls one service."""
