from __future__ import annotations

from tests.pages.site import app, client, edition, empty_client

__all__ = ["app", "client", "edition", "empty_client"]
