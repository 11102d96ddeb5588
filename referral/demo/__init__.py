"""The demonstration: fictional people that anyone signs in as, on this machine only."""
