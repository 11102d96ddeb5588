"""Brings a catalogue of files into the directory: all of it or nothing, and the same again changes nothing.

The caller holds ``shared.database.writing(session)``; nothing is committed here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from referral.catalogue.models import ServiceStatus, Verification
from referral.catalogue.problems import N_, Flag, ImportRefusedError, Problem, Remarks
from referral.catalogue.reading import Catalogue, read_catalogue
from referral.catalogue.records import (
    DetailsByService,
    Ids,
    ServiceRecord,
    Values,
    bilingual,
    make_id,
    organization_values,
    service_record,
)
from referral.catalogue.refusals import Register, read_register
from referral.catalogue.rows import ServiceRow
from referral.catalogue.services import lock_directory, make_step, record_revision
from referral.catalogue.stored import LOCATION, Stored, Writes, directory_connection, holds, read_stored
from referral.catalogue.trust import Method, Trust
from referral.catalogue.vocabulary import TAXONOMIES
from referral.shared.clock import now

__all__ = ["Flag", "ImportRefusedError", "ImportReport", "Problem", "import_catalogue"]

CONFIRMED = frozenset({Trust.VERIFIED, Trust.VETTED})
GOOD_SOURCES = frozenset({"high", "medium"})
TERMS = ("categories", "clientele", "referral_routes")
BATCH = 200

NO_FALLBACK = N_("There is no such organization in the file or the directory.")
IS_KEPT = N_("A person confirmed or changed %(service)s: the file does not change it.")
IS_ABSENT = N_("%(service)s is no longer in the file: it stays in the directory.")
NOT_REACHABLE = N_("Nothing tells how to reach this service: it waits as a candidate.")
WEAK_SOURCE = N_("The source is too weak to publish this service: it waits as a candidate.")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How many services were added, changed or as before; what a person should look at.

    ``kept`` are services that the file would change but people confirmed or changed; ``absent`` are in the
    directory only. ``revision`` is the directory's new number, ``None`` where nothing changed.
    """

    added: int
    changed: int
    unchanged: int
    flagged: tuple[Flag, ...]
    kept: int = 0
    absent: int = 0
    revision: int | None = None


def import_catalogue(
    session: Session, path: Path, actor: str, progress: Progress | None = None
) -> ImportReport:
    """Import a folder of sheets or one file of services; raises ImportRefusedError, having changed nothing.

    ``progress`` is told how many services are done, of how many.
    """
    remarks = Remarks()
    catalogue = read_catalogue(path, remarks)
    remarks.check()
    lock_directory(session)
    stored = read_stored(session)
    _check_fallbacks(catalogue, stored, remarks)
    _check_refusals(read_register(session), catalogue, remarks)
    remarks.check()
    work = _Import(catalogue, stored, remarks)
    work.plan(progress or _no_progress)
    return work.carry_out(session, actor)


def _check_fallbacks(catalogue: Catalogue, stored: Stored, remarks: Remarks) -> None:
    known = {row.organization_slug for row in catalogue.services}
    known |= {values["slug"] for values in stored.organizations.values()}
    for row in catalogue.services:
        if row.fallback_slug and row.fallback_slug not in known:
            remarks.refuse(catalogue.file, row.line, "fallback_org_id", NO_FALLBACK)


def _check_refusals(register: Register, catalogue: Catalogue, remarks: Remarks) -> None:
    """Refuse rows that name, or lead to, somebody who is not to be listed."""
    for row in catalogue.services if register else ():
        for problem in register.find(
            {
                "org_name": row.organization_name,
                "service_name": row.name,
                "description": row.description,
                "hours": row.hours,
                "email": row.email,
                "website": row.website,
                "phone": row.phone,
                "phone_tollfree": row.toll_free,
                "phone_tty_or_sms": row.text_or_tty,
            }
        ):
            remarks.refuse(catalogue.file, row.line, problem.name, problem.reason)


def _no_progress(_done: int, _total: int) -> None:
    """Tell nobody."""


class _Import:
    """One import: what the files say beside what is stored, and what to write."""

    def __init__(self, catalogue: Catalogue, stored: Stored, remarks: Remarks) -> None:
        self.catalogue, self.stored = catalogue, stored
        self.remarks, self.flags = remarks, remarks.of(catalogue.file)
        self.writes = Writes()
        self.steps: list[Verification] = []
        self.added: set[UUID] = set()
        self.changed: set[UUID] = set()
        self.kept: set[UUID] = set()
        self.changed_organizations: set[UUID] = set()

    def plan(self, progress: Progress) -> None:
        """Compare every row with what is stored."""
        ids = self.make_ids()
        self.plan_organizations(ids)
        details = DetailsByService(self.catalogue.details)
        total = len(self.catalogue.services)
        for done, row in enumerate(self.catalogue.services):
            if done % BATCH == 0:
                progress(done, total)
            self.plan_service(row, service_record(row, details, ids))
        progress(total, total)

    def make_ids(self) -> Ids:
        """Give each name its id: the stored one, else one made from the name; terms are planned here."""
        terms = {}
        for taxonomy in TERMS:
            for code, name in TAXONOMIES[taxonomy].items():
                before = self.stored.terms.get((taxonomy, code))
                term_id = before["id"] if before else make_id("term", f"{taxonomy}/{code}")
                terms[taxonomy, code] = term_id
                values = {"taxonomy": taxonomy, "code": code, **bilingual("name", name)}
                self.writes.compare("taxonomy_term", term_id, before, values)
        return Ids(
            {values["slug"]: row_id for row_id, values in self.stored.organizations.items()},
            {values["slug"]: row_id for row_id, values in self.stored.services.items()},
            terms,
        )

    def plan_organizations(self, ids: Ids) -> None:
        """Compare organizations; one of whose services a person confirmed one stays as it is."""
        confirmed = {
            values["organization_id"]
            for values in self.stored.services.values()
            if values["trust"] in CONFIRMED
        }
        by_slug: defaultdict[str, list[ServiceRow]] = defaultdict(list)
        for row in self.catalogue.services:
            by_slug[row.organization_slug].append(row)
        for slug, rows in by_slug.items():
            organization_id = ids.organization(slug)
            before = self.stored.organizations.get(organization_id)
            values = organization_values(rows[0], rows)
            if organization_id not in confirmed and self.writes.compare(
                "organization", organization_id, before, values
            ):
                self.changed_organizations.add(organization_id)

    def plan_service(self, row: ServiceRow, record: ServiceRecord) -> None:
        """Compare a service and what hangs from it, and plan its step on the ladder."""
        before = self.stored.services.get(record.id)
        current = Trust(before["trust"]) if before else Trust.CANDIDATE
        if current in CONFIRMED or record.id in self.stored.changed_by_people:
            self.keep(row, record, before)
            return
        step = self.next_step(row, record.id, current)
        values = dict(record.values)
        if step is not None:
            values["trust"] = step
            self.steps.append(make_step(record.id, current, step, Method.IMPORT))
        differs = self.plan_parts(record, self.writes)
        if before is None:
            fresh = {"status": ServiceStatus.ACTIVE, "trust": Trust.CANDIDATE, "version": 1, "revision": 0}
            self.writes.inserted["service"].append({"id": record.id, **fresh, **values})
            self.added.add(record.id)
            return
        if differs or not holds(before, values):
            self.writes.updated["service"].append({"id": record.id, **values})
            self.changed.add(record.id)
        elif values["organization_id"] in self.changed_organizations:
            self.changed.add(record.id)

    def plan_parts(self, record: ServiceRecord, writes: Writes) -> bool:
        """Compare what hangs from a service; say whether anything differs."""
        stored = self.stored.parts.get(record.id, {})
        differs = False
        for table in {*stored, *record.parts}:
            before, after = stored.get(table, {}), record.parts.get(table, {})
            for row_id, values in after.items():
                if table == LOCATION and before.get(row_id, {}).get("disclosure_agreed_on"):
                    continue
                differs |= writes.compare(table, row_id, before.get(row_id), values)
            for row_id in before.keys() - after.keys():
                differs = True
                if row_id not in self.stored.shared_locations:
                    writes.deleted[table].append(row_id)
        return differs

    def keep(self, row: ServiceRow, record: ServiceRecord, before: Values | None) -> None:
        """Leave a service that a person confirmed, and say so where the file differs."""
        tried = Writes()
        differs = tried.compare("service", record.id, before, record.values)
        if self.plan_parts(record, tried) or differs:
            self.kept.add(record.id)
            self.flags.flag(row.line, None, IS_KEPT, service=row.slug)

    def next_step(self, row: ServiceRow, service_id: UUID, current: Trust) -> Trust | None:
        """Return the step that a public source allows, if it is another than the present one.

        What people did to a listing, an import never undoes.
        """
        good = row.publishable and row.source.confidence in GOOD_SOURCES
        if row.publishable and not good:
            self.flags.flag(row.line, "source_confidence", WEAK_SOURCE)
        elif good and not row.reachable:
            self.flags.flag(row.line, "reach", NOT_REACHABLE)
        wanted = Trust.SOURCED if good and row.reachable else Trust.CANDIDATE
        by_people = service_id in self.stored.lowered_by_people
        if current not in {Trust.CANDIDATE, Trust.SOURCED} or by_people or wanted == current:
            return None
        return wanted

    def carry_out(self, session: Session, actor: str) -> ImportReport:
        """Write what was planned under one revision of the directory."""
        absent = self.flag_absent()
        total = len(self.catalogue.services)
        revision = None
        if self.added or self.changed or self.changed_organizations:
            at = now()
            revision = record_revision(session, actor, "import", at)
            self.number(revision)
            connection = directory_connection(session)
            self.writes.write(connection)
            for step in self.steps:
                step.actor, step.occurred_at, step.outcome = actor, at, "public source"
            session.add_all(self.steps)
            session.flush()
        elif any(self.writes.inserted.values()) or any(self.writes.updated.values()):
            self.writes.write(directory_connection(session))
        session.expire_all()
        return ImportReport(
            added=len(self.added),
            changed=len(self.changed),
            unchanged=total - len(self.added) - len(self.changed),
            flagged=tuple(self.remarks.flags),
            kept=len(self.kept),
            absent=absent,
            revision=revision,
        )

    def number(self, revision: int) -> None:
        """Give what changes the number of the revision in which it does."""
        for table in ("organization", "service"):
            for values in (*self.writes.inserted[table], *self.writes.updated[table]):
                values["revision"] = revision

    def flag_absent(self) -> int:
        """Flag what is in the directory and no longer in the file; return how many."""
        given = {row.slug for row in self.catalogue.services}
        absent = [values["slug"] for values in self.stored.services.values() if values["slug"] not in given]
        for slug in sorted(absent):
            self.flags.flag(None, None, IS_ABSENT, service=slug)
        return len(absent)
