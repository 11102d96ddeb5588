"""The index of an edition: postings, bitmaps and numbers, built whole or from the one before.

Everything is in flat numpy arrays that workers map from one folder. What was read from each
listing is kept as well (the forward rows), so that one changed listing among 10,000 costs the
reading of one, not of all.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from referral.catalogue.freshness import MONTHS, Months
from referral.catalogue.listing import Listing
from referral.search.concepts import load_lexicon
from referral.search.csr import Array, Ints, Rows, turned
from referral.search.documents import Document, make_document

FORMAT = 2
K1, B = 1.2, 0.6
"""BM25: how soon repetition stops to count, and how much a long listing is held against it."""

FLAT = (
    "length",
    "tie",
    "latitude",
    "longitude",
    "precision",
    "minimum_age",
    "maximum_age",
    "trust",
    "assured",
)


class ForeignIndexError(Exception):
    """The files were written by another version of this engine."""


@dataclass(slots=True)
class Index:
    """One edition's index. Positions are those of the listings given; ``arrays`` are by file name."""

    count: int
    vocabulary: str
    terms: dict[str, int]
    attributes: dict[str, int]
    arrays: dict[str, Array]
    blob: bytes | memoryview
    cache: dict[str, Any] = field(default_factory=dict)
    months: Months = MONTHS
    """By which the age of a confirmation is judged; a setting of the process, never of the files."""

    def postings(self, term: str) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]] | None:
        """Return the positions that hold a term and what it is worth in each, or None."""
        at = self.terms.get(term)
        if at is None:
            return None
        start, end = self.arrays["posting_starts"][at], self.arrays["posting_starts"][at + 1]
        return self.arrays["posting_positions"][start:end], self.arrays["posting_impacts"][start:end]

    def bitmap(self, attribute: str) -> BitMap:
        """Return the positions that have an attribute; kept once read, so never change it."""
        kept: BitMap | None = self.cache.get(attribute)
        if kept is None:
            at = self.attributes.get(attribute)
            starts = self.arrays["bitmap_starts"]
            kept = (
                BitMap() if at is None else BitMap.deserialize(bytes(self.blob[starts[at] : starts[at + 1]]))
            )
            if at is not None:
                self.cache[attribute] = kept
        return kept

    def rows(self, name: str, *columns: str) -> Rows:
        """Return forward rows kept in the index."""
        return Rows(self.arrays[f"{name}_starts"], tuple(self.arrays[f"{name}_{each}"] for each in columns))

    def write(self, folder: Path) -> None:
        """Write the files; the same listings give the same bytes."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, values in sorted(self.arrays.items()):
            np.save(folder / f"{name}.npy", values, allow_pickle=False)
        (folder / "bitmaps.bin").write_bytes(bytes(self.blob))
        head = {
            "format": FORMAT,
            "count": self.count,
            "vocabulary": self.vocabulary,
            "arrays": sorted(self.arrays),
        }
        (folder / "index.json").write_text(json.dumps(head, indent=1) + "\n", encoding="utf-8")
        for name, table in (("terms", self.terms), ("attributes", self.attributes)):
            (folder / f"{name}.txt").write_text("\n".join(table), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> Index:
        """Map the files without reading them whole; raises ForeignIndexError on another format."""
        head = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        if head["format"] != FORMAT:
            raise ForeignIndexError(f"{folder}: format {head['format']}, not {FORMAT}")
        mapped = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in head["arrays"]}
        arrays = {name: np.asarray(values) for name, values in mapped.items()}  # slices of a memmap are slow
        terms, attributes = (
            _numbered((folder / f"{name}.txt").read_text(encoding="utf-8"))
            for name in ("terms", "attributes")
        )
        blob = (folder / "bitmaps.bin").read_bytes()
        return cls(head["count"], head["vocabulary"], terms, attributes, arrays, blob)


def build_index(
    listings: Sequence[Listing], previous: Index | None = None, same_as: Sequence[int] | None = None
) -> Index:
    """Index listings; ``same_as`` gives the position of each in ``previous`` if it did not change, else -1.

    The result is the same bytes as without ``previous``. One that was made with other synonyms
    or vocabularies is not used.
    """
    vocabulary = load_lexicon().digest
    if previous is None or same_as is None or previous.vocabulary != vocabulary:
        previous, same_as = None, [-1] * len(listings)
    kept = np.asarray(same_as, dtype=np.int64)
    fresh = [make_document(listings[at]) for at in np.flatnonzero(kept < 0).tolist()]
    before = previous.count if previous else 0
    order = kept.copy()
    order[kept < 0] = before + np.arange(len(fresh))
    arrays: dict[str, Array] = {name: _flat(name, fresh, previous)[order] for name in FLAT}
    terms, forward = _named_rows(
        "terms", [sorted(each.terms) for each in fresh], previous, order, _weights(fresh)
    )
    attributes, marks = _named_rows("attributes", [each.attributes for each in fresh], previous, order)
    openings = _openings(fresh, previous).take(order)
    arrays |= {"openings_starts": openings.starts, "openings_spans": openings.columns[0]}
    arrays |= {
        "terms_starts": forward.starts,
        "terms_ids": forward.columns[0],
        "terms_weights": forward.columns[1],
    }
    arrays |= {"attributes_starts": marks.starts, "attributes_ids": marks.columns[0]}
    arrays |= _posting_arrays(forward, len(terms), arrays["length"])
    blob, arrays["bitmap_starts"] = _bitmaps(marks, len(attributes))
    return Index(len(listings), vocabulary, terms, attributes, arrays, blob)


def _flat(name: str, fresh: list[Document], previous: Index | None) -> Array:
    values = np.array([_number(name, each) for each in fresh], dtype=DTYPES[name])
    return np.concatenate([previous.arrays[name], values]) if previous else values


def _number(name: str, document: Document) -> float:
    numbers: dict[str, float] = {
        "length": document.length,
        "tie": document.tie,
        "latitude": document.point[0],
        "longitude": document.point[1],
        "precision": document.precision,
        "minimum_age": document.ages[0],
        "maximum_age": document.ages[1],
        "trust": document.trust,
        "assured": document.assured,
    }
    return numbers[name]


DTYPES: dict[str, type[np.generic]] = {
    "length": np.float32,
    "tie": np.uint64,
    "latitude": np.float64,
    "longitude": np.float64,
    "precision": np.uint8,
    "minimum_age": np.int16,
    "maximum_age": np.int16,
    "trust": np.uint8,
    "assured": np.int32,
}


def _weights(fresh: list[Document]) -> npt.NDArray[np.float32]:
    return np.array([each.terms[term] for each in fresh for term in sorted(each.terms)], dtype=np.float32)


def _named_rows(
    name: str, fresh: list[list[str]], previous: Index | None, order: Ints, *extra: Array
) -> tuple[dict[str, int], Rows]:
    """Return the names in use, in order, and for each listing the numbers of its own."""
    known = list(previous.terms if name == "terms" else previous.attributes) if previous else []
    number = dict(zip(known, range(len(known)), strict=True))
    for row in fresh:
        for each in row:
            number.setdefault(each, len(number))
    ids = np.array([number[each] for row in fresh for each in row], dtype=np.int32)
    rows = Rows.of([len(row) for row in fresh], ids, *extra)
    if previous:
        columns = ("ids", "weights") if extra else ("ids",)
        rows = previous.rows(name, *columns).then(rows)
    rows = rows.take(order)
    names = list(number)
    used = sorted(np.unique(rows.columns[0]).tolist(), key=names.__getitem__)
    renumbered = np.zeros(len(names), dtype=np.int32)
    renumbered[used] = np.arange(len(used), dtype=np.int32)
    table = {names[old]: new for new, old in enumerate(used)}
    return table, Rows(rows.starts, (renumbered[rows.columns[0]], *rows.columns[1:]))


def _openings(fresh: list[Document], previous: Index | None) -> Rows:
    spans = [span for each in fresh for span in each.openings]
    rows = Rows.of([len(each.openings) for each in fresh], np.array(spans, dtype=np.int32).reshape(-1, 5))
    return previous.rows("openings", "spans").then(rows) if previous else rows


def _posting_arrays(forward: Rows, terms: int, length: Array) -> dict[str, Array]:
    """Turn what each listing holds into who holds each term, with its BM25 worth."""
    ids, weights = forward.columns
    starts, order = turned(ids, terms)
    positions = forward.owners()[order]
    frequency = np.diff(starts).astype(np.float64)
    rarity = np.log1p((len(length) - frequency + 0.5) / (frequency + 0.5))
    lengths: npt.NDArray[np.float64] = length.astype(np.float64)
    usual = lengths.mean() if len(lengths) and lengths.any() else 1.0
    worth = weights[order].astype(np.float64)
    dampened = worth * (K1 + 1) / (worth + K1 * (1 - B + B * lengths[positions] / usual))
    impacts = (dampened * np.repeat(rarity, np.diff(starts))).astype(np.float32)
    return {"posting_starts": starts, "posting_positions": positions, "posting_impacts": impacts}


def _bitmaps(marks: Rows, attributes: int) -> tuple[bytes, Array]:
    """Serialize one bitmap an attribute; through ``array``, since numpy goes element by element."""
    starts, order = turned(marks.columns[0], attributes)
    positions = marks.owners()[order].astype(np.uint32)
    pieces: list[bytes] = []
    for at in range(attributes):
        held = array("I", positions[starts[at] : starts[at + 1]].tobytes())
        bitmap = BitMap(held)
        bitmap.run_optimize()
        pieces.append(bitmap.serialize())
    ends = np.zeros(attributes + 1, dtype=np.int64)
    np.cumsum([len(piece) for piece in pieces], out=ends[1:])
    return b"".join(pieces), ends


def _numbered(text: str) -> dict[str, int]:
    names = text.split("\n") if text else []
    return dict(zip(names, range(len(names)), strict=True))
