"""What every page shares: language, headers, errors, static files."""
