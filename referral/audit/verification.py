"""Follows a chain from its first row to its head and names what does not hold.

A row is *altered* when its own MAC is not that of what it says, *moved* when that MAC is the one of
another number, *removed* when its number is missing, *cut off* when that was at the end. What the
database alone cannot show is that it was put back, whole, to an earlier state: for that the end of
the chain is noted outside it (``Witness``), and a chain that ends before, or otherwise, was replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.audit.chain import GENESIS, is_authentic
from referral.audit.models import DIRECTORY_CHAIN, Chain, covered
from referral.shared.database import db

MOST_COMPARED = 200
"""Rows among which the true number of a moved one is looked for; beyond, they are only called altered."""
BATCH = 2_000
Row = Mapping[str, Any]


class Fault(StrEnum):
    """What is wrong with a row, or with where a chain or a month ends."""

    ALTERED = "altered"
    MOVED = "moved"
    REMOVED = "removed"
    UNLINKED = "unlinked"
    CUT_OFF = "cut_off"
    BEYOND_HEAD = "beyond_head"
    HEAD = "head"
    SEGMENT = "segment"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A fault at a number; ``until`` is the last number of a run, or where a moved row belongs."""

    number: int
    fault: Fault
    until: int


@dataclass(frozen=True, slots=True)
class Witness:
    """Where a chain ended when it was last found whole."""

    number: int
    mac: str


@dataclass(frozen=True, slots=True)
class Run:
    """Numbers that a sealed row, of a month or of the head, says are there."""

    first: int
    last: int
    previous: str
    mac: str
    expired: bool = False


@dataclass(slots=True)
class Verdict:
    """What was found, over how many rows, and where the chain ends."""

    rows: int = 0
    findings: list[Finding] = field(default_factory=list)
    end: Witness = Witness(0, GENESIS)

    @property
    def is_whole(self) -> bool:
        """Say whether nothing was found."""
        return not self.findings

    def add(self, fault: Fault, number: int, until: int | None = None) -> None:
        """Note a fault."""
        self.findings.append(Finding(number, fault, number if until is None else until))


def verify(
    session: Session, key: bytes, witness: Witness | None = None, chain: Chain = DIRECTORY_CHAIN
) -> Verdict:
    """Follow the whole chain in one snapshot, while others go on writing; begins a transaction anew."""
    session.rollback()
    engine = db.engines[chain.name]
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    session.connection(bind_arguments={"bind": engine}, execution_options=options)
    verdict = Verdict()
    runs = check_segments(session, key, chain, verdict)
    head = check_head(session, key, chain, verdict)
    check_tiles([*runs, *([head] if head else [])], verdict)
    Follower(key, chain, verdict, runs, head, witness).follow(read_rows(session, chain))
    session.rollback()
    verdict.findings.sort()
    return verdict


def check_segments(session: Session, key: bytes, chain: Chain, verdict: Verdict) -> list[Run]:
    """Return the months that are over; one whose seal does not hold excuses no missing row."""
    runs = []
    for row in session.scalars(sa.select(chain.segment).order_by(chain.segment.first_number)):
        authentic = is_authentic(row.seal, key, chain.name, "segment", *row.sealed())
        if not authentic:
            verdict.add(Fault.SEGMENT, row.first_number, row.last_number)
        expired = authentic and row.expired_at is not None
        runs.append(Run(row.first_number, row.last_number, row.first_previous, row.last_mac, expired))
    return runs


def check_head(session: Session, key: bytes, chain: Chain, verdict: Verdict) -> Run | None:
    """Return the month that runs, as the head tells it; None where there is no head."""
    head = session.scalars(sa.select(chain.head)).one_or_none()
    if head is None:
        return None
    if not is_authentic(head.seal, key, chain.name, "head", *head.sealed()):
        verdict.add(Fault.HEAD, head.number)
    return Run(head.first_number, head.number, head.first_previous, head.mac)


def check_tiles(runs: list[Run], verdict: Verdict) -> None:
    """See that months follow each other from the first row on, without a gap."""
    number, mac = 1, GENESIS
    for run in runs:
        if (run.first, run.previous) != (number, mac):
            verdict.add(Fault.SEGMENT, min(run.first, number), max(run.first, number) - 1)
        number, mac = run.last + 1, run.mac


def read_rows(session: Session, chain: Chain) -> Iterator[Row]:
    """Yield every event in order, a batch in memory at a time."""
    table = chain.event.__table__  # type: ignore[attr-defined]
    statement = sa.select(table).order_by(table.c.number).execution_options(yield_per=BATCH)
    for row in session.execute(statement, bind_arguments={"mapper": chain.event}):
        yield row._asdict()


class Follower:
    """Goes from row to row, remembering only what the next one is compared with."""

    def __init__(  # noqa: PLR0913, PLR0917  # what one verification is about
        self,
        key: bytes,
        chain: Chain,
        verdict: Verdict,
        runs: list[Run],
        head: Run | None,
        witness: Witness | None,
    ) -> None:
        self.key, self.chain, self.verdict = key, chain, verdict
        self.expired = [run for run in runs if run.expired]
        self.ends = {run.last: run.mac for run in runs}
        self.head, self.witness = head, witness
        self.number, self.mac = 0, str(GENESIS)
        self.linked, self.witnessed = True, witness is None or witness.number == 0
        self.suspects: list[Row] = []
        self.missing: list[int] = []

    def follow(self, rows: Iterable[Row]) -> None:
        """Compare every row, then the end, then what was suspect."""
        for row in rows:
            self.cross_gap(row["number"])
            self.compare(row)
            self.verdict.rows += 1
        self.check_end()
        self.check_witness()
        self.name_suspects()
        self.verdict.end = Witness(self.number, self.mac)

    def cross_gap(self, number: int) -> None:
        """Go to just before a row; what was let go with its month is not missing."""
        while self.number + 1 < number:
            start = self.number + 1
            expired = next((run for run in self.expired if run.first <= start <= run.last), None)
            if expired is not None:
                self.number, self.mac, self.linked = min(expired.last, number - 1), expired.mac, True
                continue
            later = (run.first - 1 for run in self.expired if start < run.first < number)
            self.number, self.linked = min(later, default=number - 1), False
            self.verdict.add(Fault.REMOVED, start, self.number)
            self.missing += range(start, min(self.number + 1, start + MOST_COMPARED))

    def compare(self, row: Row) -> None:
        """See that a row is what was written there, after the one before it."""
        number = row["number"]
        authentic = is_authentic(row["mac"], self.key, *covered(self.chain, number, row))
        if not authentic:
            self.suspects.append(row)
        elif self.linked and row["previous"] != self.mac:
            self.verdict.add(Fault.UNLINKED, number)
        if authentic and self.ends.get(number, row["mac"]) != row["mac"]:
            self.verdict.add(Fault.UNLINKED, number)
        if self.witness is not None and number == self.witness.number:
            self.witnessed = row["mac"] == self.witness.mac
        self.number, self.mac, self.linked = number, row["mac"], authentic

    def check_end(self) -> None:
        """See that the rows end where the head says."""
        if self.head is None:
            if self.number or self.expired or self.ends:
                self.verdict.add(Fault.HEAD, self.number)
        elif self.head.last > self.number:
            self.cross_gap(self.head.last + 1)
            removed = self.verdict.findings.pop()
            self.verdict.add(Fault.CUT_OFF, removed.number, removed.until)
        elif self.head.last < self.number:
            self.verdict.add(Fault.BEYOND_HEAD, self.head.last + 1, self.number)
        elif self.linked and self.head.mac != self.mac:
            self.verdict.add(Fault.HEAD, self.number)

    def check_witness(self) -> None:
        """See that the chain goes on from where it was last found whole."""
        if self.witness is None or self.witnessed:
            return
        let_go = any(
            run.first <= self.witness.number <= run.last
            and (run.last != self.witness.number or run.mac == self.witness.mac)
            for run in self.expired
        )
        if not let_go:
            self.verdict.add(Fault.REPLACED, self.witness.number)

    def name_suspects(self) -> None:
        """Say of each row that is not authentic whether it belongs at another number."""
        numbers = [row["number"] for row in self.suspects[:MOST_COMPARED]] + self.missing[:MOST_COMPARED]
        few = len(self.suspects) <= MOST_COMPARED
        for row in self.suspects:
            home = next((number for number in numbers if self.belongs(row, number)), None) if few else None
            if home is None:
                self.verdict.add(Fault.ALTERED, row["number"])
            else:
                self.verdict.add(Fault.MOVED, row["number"], home)

    def belongs(self, row: Row, number: int) -> bool:
        """Say whether a row was written at a number."""
        return is_authentic(row["mac"], self.key, *covered(self.chain, number, row))
