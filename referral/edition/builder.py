"""Builds an edition aside and shows it: one publisher at a time, nothing shown half made."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from referral.catalogue.models import (
    Location,
    Organization,
    Revision,
    Service,
    ServiceAtLocation,
    ServiceStatus,
)
from referral.catalogue.trust import LADDER, Trust, is_published
from referral.catalogue.vetting_models import Moved
from referral.edition.compilation import compile_listing
from referral.edition.folder import ASIDE, EditionFolder
from referral.edition.manifest import (
    FORMAT,
    DamagedEditionError,
    Manifest,
    check_files,
    digest_files,
    digest_of,
    read_manifest,
    write_manifest,
)
from referral.edition.store import ListingStore, Piece, write_listings, write_moved, write_organizations
from referral.edition.withholding import HeldBackError
from referral.search.index import Index, build_index
from referral.shared.clock import now
from referral.shared.paths import DATA, ROOT

INDEX = "index"
BATCH = 500
SHOWN_STATUSES = (ServiceStatus.ACTIVE, ServiceStatus.TEMPORARILY_CLOSED)
Progress = Callable[[int, int], None]


class OlderDirectoryError(Exception):
    """The directory is at an earlier revision than the edition shown, as after a restored backup."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: listings compiled anew, taken over unchanged, or held back (by id)."""

    manifest: Manifest
    compiled: int
    reused: int
    held_back: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Previous:
    """The edition shown until now, as far as its pieces can serve again."""

    store: ListingStore
    index: Index
    positions: dict[uuid.UUID, int]


def build_edition(
    session: Session, root: Path, published_from: str, kept: int, progress: Progress | None = None
) -> Built:
    """Compile what may be shown into a new edition and show it.

    Listings that did not change since the edition shown are taken over from it: one edit among
    10,000 services is published in a fraction of a second. The same directory gives the same
    digest; where nothing changed, the edition shown stays. Raises OlderDirectoryError.
    """
    place = EditionFolder(root)
    with place.lock():
        shown = _manifest_shown(place)
        number = session.scalar(sa.select(sa.func.max(Revision.number))) or 0
        if shown and shown.number > number:
            raise OlderDirectoryError(f"edition {shown.number} is shown, the directory is at {number}")
        previous = _open_previous(place, shown, published_from)
        pieces, held_back = _gather(session, Trust(published_from), previous, progress)
        compiled = sum(piece.before < 0 for piece in pieces)
        aside = Path(tempfile.mkdtemp(prefix=ASIDE, dir=root))
        try:
            write_moved(aside, _list_moved(session))
            manifest = _fill(aside, pieces, previous, number, published_from)
            if not shown or (shown.digest, shown.number) != (manifest.digest, manifest.number):
                place.show(place.settle(aside, f"{number:07d}-{manifest.digest[:12]}"))
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        place.forget_older(kept)
    return Built(manifest, compiled, len(pieces) - compiled, tuple(held_back))


def _manifest_shown(place: EditionFolder) -> Manifest | None:
    """Return what is shown now; a damaged edition counts as none, so that a build mends it."""
    folder = place.current()
    try:
        manifest = read_manifest(folder) if folder else None
        if folder and manifest:
            check_files(folder, manifest)
    except DamagedEditionError:
        return None
    return manifest


def _open_previous(place: EditionFolder, shown: Manifest | None, published_from: str) -> Previous | None:
    """Open the edition shown, unless something else than the directory made it what it is."""
    folder = place.current()
    if folder is None or shown is None or shown.compiler != compiler(published_from):
        return None
    store = ListingStore(folder)
    return Previous(store, Index.open(folder / INDEX), store.positions())


@cache
def compiler(published_from: str) -> str:
    """Identify what turns rows into an edition: our code, vocabularies and places, and the setting."""
    seen = hashlib.sha256(f"{FORMAT} {published_from}".encode())
    code = [
        path
        for name in ("catalogue", "edition", "geo", "search")
        for path in (ROOT / "referral" / name).glob("*.py")
    ]
    facts = [path for name in ("vocabulary", "geo") for path in (DATA / name).glob("*.*")]
    for path in sorted(code) + sorted(facts):
        seen.update(path.read_bytes())
    return seen.hexdigest()


def _gather(
    session: Session, least: Trust, previous: Previous | None, progress: Progress | None
) -> tuple[list[Piece], list[str]]:
    """Return the pieces of the new edition in order of id, and the ids of what is held back."""
    wanted = _list_published(session, least)
    pieces: dict[uuid.UUID, Piece] = {}
    for service_id, revision in wanted.items():
        position = previous.positions.get(service_id, -1) if previous else -1
        if previous and position >= 0 and previous.store.rows[position]["revision"] == revision:
            withheld = int(previous.store.rows[position]["withheld"])
            pieces[service_id] = Piece(
                service_id, revision, previous.store.record(position), withheld, position
            )
    changed = [service_id for service_id in wanted if service_id not in pieces]
    held_back = []
    for start in range(0, len(changed), BATCH):
        for service in _load(session, changed[start : start + BATCH]):
            try:
                listing, withheld = compile_listing(service)
            except HeldBackError:
                held_back.append(str(service.id))
                continue
            pieces[service.id] = Piece(service.id, wanted[service.id], msgspec.json.encode(listing), withheld)
        if progress:
            progress(min(start + BATCH, len(changed)), len(changed))
    return [pieces[service_id] for service_id in wanted if service_id in pieces], held_back


def _list_published(session: Session, least: Trust) -> dict[uuid.UUID, int]:
    """Return what may be shown, in order of id, with the revision in which anything it shows last changed.

    What has no name in French is not: this is a directory of Québec, and both languages stay level.
    """
    fallback = aliased(Organization)
    statement = (
        sa.select(Service.id, Service.revision, Organization.revision, sa.func.coalesce(fallback.revision, 0))
        .join(Organization, Service.organization_id == Organization.id)
        .join(fallback, Service.fallback_organization_id == fallback.id, isouter=True)
        .where(Service.trust.in_([step for step in LADDER if is_published(step, least)]))
        .where(Service.status.in_(SHOWN_STATUSES))
        .where(sa.func.coalesce(Service.__table__.c.name_fr, "") != "")
    )
    found = {service_id: max(revisions) for service_id, *revisions in session.execute(statement)}
    return dict(sorted(found.items(), key=lambda pair: pair[0].bytes))


def _list_moved(session: Session) -> dict[uuid.UUID, uuid.UUID]:
    """Return which addresses lead to which others."""
    return {row.old_id: row.new_id for row in session.scalars(sa.select(Moved))}


def _load(session: Session, ids: Sequence[uuid.UUID]) -> Sequence[Service]:
    """Read services with all that a listing shows, in a fixed number of statements."""
    many = (
        Service.attributes,
        Service.phones,
        Service.schedules,
        Service.languages,
        Service.service_areas,
        Service.eligibilities,
        Service.cost_options,
        Service.required_documents,
        Service.sources,
    )
    location = selectinload(Service.service_at_locations).joinedload(ServiceAtLocation.location)
    statement = (
        sa.select(Service)
        .where(Service.id.in_(ids))
        .options(joinedload(Service.organization), joinedload(Service.fallback))
        .options(*(selectinload(relation) for relation in many))
        .options(location.selectinload(Location.accessibilities))
        .execution_options(populate_existing=True)
    )
    return session.scalars(statement).all()


def _fill(
    aside: Path, pieces: Sequence[Piece], previous: Previous | None, number: int, published_from: str
) -> Manifest:
    """Write every file of an edition, the manifest last."""
    write_listings(aside, pieces)
    organizations = write_organizations(aside, (piece.record for piece in pieces))
    index = build_index(
        ListingStore(aside),
        previous.index if previous else None,
        [piece.before for piece in pieces] if previous else None,
    )
    (aside / INDEX).mkdir()
    index.write(aside / INDEX)
    files = digest_files(aside)
    manifest = Manifest(
        number=number,
        built_at=now(),
        published_from=published_from,
        services=len(pieces),
        organizations=organizations,
        withheld=sum(piece.withheld for piece in pieces),
        compiler=compiler(published_from),
        files=files,
        digest=digest_of(files),
    )
    write_manifest(aside, manifest)
    return manifest
