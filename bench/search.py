"""The results page from our index, beside the same query written plainly on SQLite FTS5, in one run.

A page is: how many in all, twenty ranked rows, and the counts of the facets. Synthetic catalogues
of 1,000 and 10,000 services, the same for both; 72 queries, each different, interleaved between
the engines. *Dropped*: nothing kept from one query to the next (our read bitmaps and tables, their
connection with its pages and statements). *Kept*: as a worker runs.
"""

from __future__ import annotations

import gc
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench_search import plain_sql, synthetic

from referral.search import analysis
from referral.search.engine import search
from referral.search.index import Index, build_index
from referral.search.query import Query

SIZES = (1_000, 10_000)
STATES = ("dropped", "kept")
ROUNDS = 3
OPEN_TIMES = 7


def milliseconds(action: Callable[[], object]) -> float:
    """Return how long one call computes: both engines only compute, and other processes then have no part."""
    started = time.process_time()
    action()
    return (time.process_time() - started) * 1000


def spread(times: list[float]) -> tuple[float, float]:
    """Return the median and the 95th percentile."""
    return statistics.median(times), statistics.quantiles(times, n=20, method="inclusive")[-1]


def drop(index: Index) -> None:
    """Forget all that a query may leave behind."""
    index.cache.clear()
    analysis.root.cache_clear()
    analysis.roots.cache_clear()


def measure(size: int, folder: Path) -> None:
    """Build both, run all queries on both in turn, and print the figures."""
    listings = synthetic.make_catalogue(size)
    queries = synthetic.make_queries()
    build = milliseconds(lambda: build_index(listings).write(folder / "index"))
    before = Index.open(folder / "index")
    changed = [synthetic.change(listings[0]), *listings[1:]]
    same_as = [-1, *range(1, size)]
    one_changed = min(milliseconds(lambda: build_index(changed, before, same_as)) for _ in range(3))
    opened = min(milliseconds(lambda: Index.open(folder / "index")) for _ in range(OPEN_TIMES))
    fill = milliseconds(lambda: plain_sql.fill(folder / "plain.db", listings))
    index = Index.open(folder / "index")
    times = interleave(index, folder / "plain.db", queries)
    report(size, times)
    kib = sum(path.stat().st_size for path in (folder / "index").iterdir()) / 1024
    print(
        f"    index: built and written {build:,.0f} ms · one listing changed {one_changed:.0f} ms · "
        f"opened {opened:.1f} ms · {kib:,.0f} KiB; plain database filled {fill:,.0f} ms"
    )


def interleave(index: Index, database: Path, queries: list[Query]) -> dict[str, list[float]]:
    """Ask every query of both in turn, each with nothing kept and then as it is once kept."""
    times: dict[str, list[float]] = {f"{who} {state}": [] for who in ("ours", "plain") for state in STATES}
    gc.disable()
    for _ in range(ROUNDS):
        kept = plain_sql.connect(database)
        for query in queries:
            drop(index)
            fresh = plain_sql.connect(database)
            times["ours dropped"].append(milliseconds(partial(search, index, query)))
            times["ours kept"].append(milliseconds(partial(search, index, query)))
            times["plain dropped"].append(milliseconds(partial(plain_sql.page, fresh, query)))
            times["plain kept"].append(milliseconds(partial(plain_sql.page, kept, query)))
            fresh.close()
        kept.close()
        gc.collect()
    gc.enable()
    return times


def report(size: int, times: dict[str, list[float]]) -> None:
    """Print one table."""
    print(f"{size:,} services, results page (count, 20 rows, facets), ms    p50      p95")
    for state in STATES:
        ours, plain = spread(times[f"ours {state}"]), spread(times[f"plain {state}"])
        for who, (middle, high) in (("ours", ours), ("plain SQL on FTS5", plain)):
            print(f"    caches {state:8} {who:34} {middle:8.2f} {high:8.2f}")
        ratios = (theirs / mine for theirs, mine in zip(plain, ours, strict=True))
        print(f"    caches {state:8} {'plain / ours':34} " + " ".join(f"{ratio:7.1f}x" for ratio in ratios))


if __name__ == "__main__":
    for each in SIZES:
        with tempfile.TemporaryDirectory() as name:
            measure(each, Path(name))
