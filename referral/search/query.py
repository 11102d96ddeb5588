"""What is asked of the directory, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from referral.geo.places import KnownPlace
from referral.shared.bilingual import Language

Serves = Literal["place", "region", "province", "elsewhere", "unknown"]
Ranks = npt.NDArray[np.int64]
Sort = Literal["best", "distance", "open", "given"]
Overdue = Literal["due", "last", "spared", "hidden"]
"""See ``search.overdue``."""


@dataclass(frozen=True, slots=True)
class Query:
    """Words as typed, a place already chosen, filters by name (see ``search.filters``), and a moment.

    ``at`` is aware; openness, age of facts and closures are judged at that moment. ``sort`` puts
    something before the order of ``search.ranking``: the distance, who is open, or ``ranks`` given
    for each position (a name), the least first. ``closed`` and ``without_room`` are positions that
    the index cannot know: what was told since.
    """

    at: datetime
    words: str = ""
    near: KnownPlace | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    language: Language = "fr"
    limit: int = 20
    offset: int = 0
    sort: Sort = "best"
    ranks: Ranks | None = None
    closed: BitMap = field(default_factory=BitMap)
    without_room: BitMap = field(default_factory=BitMap)


@dataclass(frozen=True, slots=True)
class Hit:
    """One listing found: where it stands in the edition, and why it is there.

    ``distance_km`` is from the place asked to a point that may be shown; for a public area there
    is only ``distance_band``. ``reasons`` are codes, first the strongest; ``unknown`` names the
    filters whose answer nobody knows: *call first*.
    """

    position: int
    score: float
    serves: Serves
    open_now: bool | None
    reasons: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    distance_km: float | None = None
    distance_band: str | None = None
    overdue: Overdue | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """``hits`` is the page asked for, in order; ``facets`` counts what each value of a filter would leave.

    ``known`` counts those among them that are known to fit: the rest are to be asked.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, Mapping[str, int]]
    concepts: tuple[str, ...] = ()
    known: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
