"""The edition that a request is answered from; newer ones are noticed, older ones never shown again."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from pathlib import Path

import structlog
from flask import Flask, current_app, g

from referral.catalogue.freshness import MONTHS, Months
from referral.catalogue.listing import Listing
from referral.edition.folder import EditionFolder
from referral.edition.manifest import DamagedEditionError, Manifest, check_files, read_manifest
from referral.edition.readers import Watcher, note_shown
from referral.edition.silence import Contact, hold_place, may_be_held
from referral.edition.store import ListingStore, OrganizationEntry, read_moved, read_organizations
from referral.search.engine import search
from referral.search.index import ForeignIndexError, Index
from referral.search.overdue import judge
from referral.search.query import Query
from referral.shared.clock import now

INDEX = "index"
READER = "relais.edition_reader"
PATIENCE = timedelta(hours=48)
log = structlog.get_logger(__name__)


class NoEditionError(Exception):
    """No edition was built yet, or none that is whole."""


class Edition:
    """All that the public may see, as one unchanging value."""

    def __init__(self, folder: Path, contact: Contact | None = None) -> None:
        """Open a folder after checking every file of it; raises DamagedEditionError.

        ``contact`` tells whether whoever publishes was heard of; without it, that is not asked.
        """
        self._contact = contact
        self.manifest: Manifest = read_manifest(folder)
        check_files(folder, self.manifest)
        self.listings = ListingStore(folder)
        self.index = Index.open(folder / INDEX)
        self._positions = self.listings.positions()
        self._organizations = read_organizations(folder)
        self._moved = read_moved(folder)

    @property
    def is_silent(self) -> bool:
        """Whether this reader heard nothing for so long that it holds back addresses of shelters."""
        return self._contact is not None and self._contact.is_silent(self.manifest.built_at)

    def listing(self, position: int) -> Listing:
        """Return the listing at a position, as it may be shown at this moment: all pages go through here."""
        listing = self.listings[position]
        if may_be_held(listing) and self.is_silent:
            return hold_place(self.listings.record(position))
        return listing

    def position_of(self, service_id: uuid.UUID) -> int | None:
        """Return where a service stands, or None where it is not shown."""
        position = self._positions.get(service_id)
        return None if position is None or self._is_hidden(position) else position

    def organization(self, organization_id: uuid.UUID) -> OrganizationEntry | None:
        """Return an organization with the positions of its listings, or None."""
        found = self._organizations.get(organization_id)
        if found is None:
            return None
        shown = tuple(position for position in found.positions if not self._is_hidden(position))
        return OrganizationEntry(found.card, shown) if shown else None

    def _is_hidden(self, position: int) -> bool:
        """Say whether the confirmation of a listing is so old that it is not shown."""
        return position in judge(self.index, now()).hidden

    def moved_to(self, old_id: uuid.UUID) -> uuid.UUID | None:
        """Return the service or organization that another became part of, or None."""
        return self._moved.get(old_id)


class EditionReader:
    """Keeps the newest edition open; one for each process, safe among threads."""

    months: Months = MONTHS
    """After which a confirmation is too old."""

    def __init__(self, root: Path, patience: timedelta = PATIENCE) -> None:
        self._place = EditionFolder(root)
        self._contact = Contact(root, patience)
        self._root = root
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._edition: Edition | None = None

    def current(self) -> Edition:
        """Return the newest edition, looking at one file's date each time; raises NoEditionError."""
        seen = self._stamp()
        if seen != self._seen:
            with self._lock:
                if seen != self._seen:
                    self._swap()
                    self._seen = seen
        if self._edition is None:
            raise NoEditionError
        return self._edition

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = self._place.pointer.stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_ino

    def _swap(self) -> None:
        """Take what is shown now, if it is whole and not older than what we have."""
        folder = self._place.current()
        if folder is None:
            return
        try:
            found = Edition(folder, self._contact)
        except (DamagedEditionError, ForeignIndexError, OSError):
            log.exception("edition_damaged", edition=folder.name)
            return
        if self._edition is None or found.manifest.number >= self._edition.manifest.number:
            found.index.months = self.months
            search(found.index, Query(at=now()))  # the first one in a process is slow: not a reader's
            self._edition = found
            note_shown(self._root, found.manifest.number, now())

    def number(self) -> int | None:
        """Return the number of the edition shown, after looking for a newer one."""
        try:
            return self.current().manifest.number
        except NoEditionError:
            return None


def current_edition() -> Edition:
    """Return the edition that this request began with; raises NoEditionError."""
    edition: Edition | None = g.get("edition")
    if edition is None:
        reader: EditionReader = current_app.extensions[READER]
        edition = g.edition = reader.current()
    return edition


def months_of(app: Flask) -> Months:
    """Return the months after which a confirmation is too old here."""
    config = app.config
    return Months(
        config["DUE_MONTHS"], config["DUE_MONTHS_URGENT"], config["LAST_MONTHS"], config["HIDDEN_MONTHS"]
    )


def init_app(app: Flask) -> None:
    """Give the application its reader, and have it watch for newer editions once it is asked for a page."""
    root = app.config["EDITION_DIR"]
    reader = app.extensions[READER] = EditionReader(root, timedelta(hours=app.config["CONTACT_HOURS"]))
    reader.months = months_of(app)
    if not app.config["TESTING"]:
        app.before_request(Watcher(root, reader.number).start)
