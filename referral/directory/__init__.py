"""The public pages: home, search, map, service, organization."""
