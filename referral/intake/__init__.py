"""Case files: intake, needs, consent, what is shared, follow-up, and the rights of the person."""
