import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from referral.search.engine import search
from referral.search.index import FORMAT, ForeignIndexError, Index, build_index
from referral.search.query import Query
from tests.search.making import AFTERNOON, find, make_listing

LISTINGS = [
    make_listing(f"Refuge {n} Exemple", fr=f"Texte {n} exemple.", categories=("health",)) for n in range(40)
]


def files(index, folder):
    index.write(folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_listings_give_the_same_bytes(tmp_path):
    assert files(build_index(LISTINGS), tmp_path / "a") == files(build_index(LISTINGS), tmp_path / "b")


def test_an_index_opened_answers_like_the_one_written(tmp_path):
    index = build_index(LISTINGS)
    index.write(tmp_path)

    assert find(Index.open(tmp_path), "refuge") == find(index, "refuge")


def test_building_from_the_index_before_gives_the_same_bytes(tmp_path):
    build_index(LISTINGS).write(tmp_path / "before")
    changed = make_listing(
        "Refuge 3 Exemple", fr="Nouveau vocabulaire.", categories=("police",), minimum_age=14
    )
    now = [changed, *LISTINGS[4:20], make_listing("Ajout Exemple", fr="Interprètes."), *LISTINGS[:3]]
    same_as = [-1, *range(4, 20), -1, *range(3)]

    again = build_index(now, Index.open(tmp_path / "before"), same_as)

    assert files(again, tmp_path / "again") == files(build_index(now), tmp_path / "whole")


def test_what_left_is_no_longer_found(tmp_path):
    before = build_index([make_listing("Parti Exemple", fr="Xylophone."), *LISTINGS])

    again = build_index(LISTINGS, before, list(range(1, 41)))

    assert find(again, "xylophone").total == 0
    assert "xylophon" not in again.terms


def test_an_unchanged_listing_is_not_read_again():
    class Unread(list):
        def __getitem__(self, at):
            raise AssertionError(f"read {at}")

    before = build_index(LISTINGS)

    assert find(build_index(Unread(LISTINGS), before, list(range(40))), "refuge").total == 40


def test_another_vocabulary_makes_the_index_before_useless():
    before = build_index([make_listing("Parti Exemple")])
    before.vocabulary = "another"

    again = build_index(LISTINGS[:1], before, [0])

    assert find(again, "parti").total == 0
    assert find(again, "refuge").total == 1


def test_another_format_is_refused(tmp_path):
    build_index(LISTINGS).write(tmp_path)
    head = tmp_path / "index.json"
    head.write_text(head.read_text().replace(f'"format": {FORMAT}', '"format": 0'))

    with pytest.raises(ForeignIndexError, match="format 0"):
        Index.open(tmp_path)


def test_an_empty_index_is_written_and_opened(tmp_path):
    build_index([]).write(tmp_path)

    assert search(Index.open(tmp_path), Query(AFTERNOON, "refuge")).total == 0


def test_an_index_of_ten_thousand_opens_in_a_moment_and_is_rebuilt_in_a_fraction_of_a_second(tmp_path):
    many = [make_listing(f"Refuge {n} Exemple", fr=f"Texte {n % 97} exemple commun.") for n in range(10_000)]
    build_index(many).write(tmp_path)

    started = time.perf_counter()
    before = Index.open(tmp_path)
    opened = time.perf_counter()
    build_index([make_listing("Autre Exemple"), *many[1:]], before, [-1, *range(1, 10_000)])
    rebuilt = time.perf_counter()

    assert opened - started < 0.25, "about 10 ms alone; the rest is room for a busy machine"
    assert rebuilt - opened < 1.5, "under 0.3 s alone; the rest is room for a busy machine"


def test_threads_that_share_an_index_get_the_same_answers(tmp_path):
    build_index(LISTINGS).write(tmp_path)
    index = Index.open(tmp_path)
    queries = [
        Query(AFTERNOON + timedelta(minutes=n), "refuge", filters={"open_now": ("true",)}) for n in range(60)
    ]
    alone = [search(index, query) for query in queries]
    index.cache.clear()

    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda query: search(index, query), queries))

    assert together == alone
