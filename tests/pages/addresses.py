"""Every public address of the site, on the fictional edition."""

from __future__ import annotations

from tests.pages.example import OFFICE, SHELTER, SILENT

PAGES = (
    "/",
    "/services",
    "/services?q=h%C3%A9bergement&near=Laval",
    "/services?q=zzzz&near=Laval&need=youth",
    "/services?near=Saint-Rapha%C3%ABl",
    "/services?near=J0M",
    "/services?page=2",
    f"/services/{SHELTER.id}",
    f"/services/{OFFICE.id}",
    f"/services/{SILENT.id}",
    f"/organizations/{OFFICE.organization.id}",
    "/selection",
    "/about",
    "/safety",
    "/inclusion",
    "/privacy",
    "/accessibility",
    "/exit-help",
    f"/services/{OFFICE.id}/fix",
    f"/services/{OFFICE.id}/fix/sent?u=1",
    "/unmet-need",
    "/unmet-need/sent",
    "/nothing-here",
)
FRAMED = ("/services/map",)
DATA = ("/services.geojson", "/services/map.js", "/services/map.css")
EVERYTHING = tuple(f"/{language}{path}" for language in ("fr", "en") for path in (*PAGES, *FRAMED, *DATA))
READ = tuple((language, path) for language in ("fr", "en") for path in PAGES)
