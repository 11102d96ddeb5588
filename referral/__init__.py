"""Vetted, bilingual directory of services for people who were trafficked."""
