"""How long it takes to find a place and to measure distances: median µs over varied queries.

Run: python -m bench.geo
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from statistics import median
from time import perf_counter_ns

import numpy as np

from referral.geo.distance import geodesic_km, haversine_km
from referral.geo.geocoder import PlaceGeocoder
from referral.geo.places import find_places, load_places

QUERIES = 400


def time_each(task: Callable[[str], object], queries: Iterable[str]) -> tuple[float, float]:
    """Return the median and the 95th percentile in µs, one run a query."""
    times = []
    for query in queries:
        start = perf_counter_ns()
        task(query)
        times.append((perf_counter_ns() - start) / 1000)
    return median(times), sorted(times)[int(len(times) * 0.95)]


def make_queries() -> dict[str, list[str]]:
    """Return places as people type them, of each kind."""
    chance = random.Random(7)  # noqa: S311 - the same queries each time
    names = [
        place.name for place in load_places() if place.kind not in {"fsa", "region"} and len(place.name) > 7
    ]
    areas = [place.name for place in load_places() if place.kind == "fsa"]
    chosen = chance.choices(names, k=QUERIES)
    cuts = [chance.randrange(1, len(name) - 1) for name in chosen]
    return {
        "exact": [name.lower() for name in chosen],
        "postal area": chance.choices(areas, k=QUERIES),
        "prefix": [name[:5] for name in chosen],
        "typo": [name[:cut] + name[cut + 1 :] for name, cut in zip(chosen, cuts, strict=True)],
        "nothing": ["qzwx " + name[::-1] for name in chosen],
    }


def main() -> None:
    """Print one line a kind of query."""
    start = perf_counter_ns()
    count = len(load_places())
    print(f"{count} places read in {(perf_counter_ns() - start) / 1e6:.1f} ms")
    geocoder = PlaceGeocoder()
    find_places("mise en route")
    for kind, queries in make_queries().items():
        middle, high = time_each(find_places, queries)
        through_geopy, _ = time_each(lambda query: geocoder.geocode(query, exactly_one=False), queries)
        print(f"{kind:12} {middle:7.1f} µs   p95 {high:7.1f} µs   through geopy {through_geopy:7.1f} µs")
    points = np.random.default_rng(7).uniform((45, -79), (50, -64), (100_000, 2))
    middle, _ = time_each(lambda _: haversine_km(45.5, -73.6, points[:, 0], points[:, 1]), ["x"] * 20)
    print(f"haversine    {middle:7.1f} µs for 100,000 points")
    middle, _ = time_each(lambda _: geodesic_km(45.5, -73.6, 46.8, -71.2), ["x"] * 200)
    print(f"geodesic     {middle:7.1f} µs for one")


if __name__ == "__main__":
    main()
