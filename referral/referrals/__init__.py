"""Referrals between two organizations: sent, answered, followed to their end, counted."""
