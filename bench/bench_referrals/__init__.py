"""Referrals of fictional people in bulk, to measure with."""
