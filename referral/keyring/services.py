"""Makes, opens and destroys keys; whoever writes holds ``writing(keys_session(), KEYS)``."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from referral.keyring.folder import list_masters, read_master, remove_master, write_master
from referral.keyring.models import DataKey, Kind, MasterKey, OrganizationKey
from referral.shared.encryption import (
    SealBrokenError,
    fingerprint,
    key_of_code,
    make_key,
    make_recovery_code,
    open_sealed,
    seal,
)

SALT_BYTES = 16
AT_ONCE = 500
"""Keys asked of the database in one statement."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Where keys are: wrapped ones in the store, master keys in a folder."""

    session: Session
    folder: Path


@dataclass(frozen=True, slots=True)
class Thing:
    """What a key is of, and whose it is."""

    kind: Kind
    id: UUID
    organization_id: UUID

    @property
    def about(self) -> str:
        """What the wrapped key is bound to."""
        return f"{self.kind.value}|{self.id}"


@dataclass(frozen=True, slots=True)
class Made:
    """A master key that was made, with the recovery code that is shown once."""

    fingerprint: str
    code: str = field(repr=False)


class NoMasterKeyError(LookupError):
    """No master key was made yet: ``flask relais keys create`` makes the first."""


class MasterKeyExistsError(Exception):
    """There is a master key already: it is rotated, not made again."""


class KeyDestroyedError(LookupError):
    """A thing has no key any more: what was sealed of it is gone for good."""


class BrokenKeyError(Exception):
    """What is stored of an organization's key does not open: it was altered, or moved."""

    def __init__(self, organization_id: UUID) -> None:
        super().__init__(str(organization_id))
        self.organization_id = organization_id


class WrongCodeError(Exception):
    """A recovery code is not the one of any master key that is in use."""


def create_master(ring: Ring, at: datetime) -> Made:
    """Make the first master key; raises MasterKeyExistsError."""
    _lock_masters(ring.session)
    if find_master(ring.session) is not None:
        raise MasterKeyExistsError
    return _add_master(ring, at)


def rotate_master(ring: Ring, at: datetime) -> tuple[Made, int]:
    """Wrap every organization's key anew under a new master key; return it, and how many.

    The old file is removed by ``remove_retired``, once this is committed. Raises NoMasterKeyError,
    MasterKeyError, and BrokenKeyError where what is stored of an organization was altered.
    """
    _lock_masters(ring.session)
    current_master(ring.session)
    rows = ring.session.scalars(sa.select(OrganizationKey).with_for_update()).all()
    opened = {name: read_master(ring.folder, name) for name in {row.master for row in rows}}
    made = _add_master(ring, at)
    new = read_master(ring.folder, made.fingerprint)
    for row in rows:
        about = _about_organization(row.organization_id)
        try:
            key = open_sealed(opened[row.master], row.wrapped, about)
        except SealBrokenError as error:
            raise BrokenKeyError(row.organization_id) from error
        row.wrapped, row.master = seal(new, key, about), made.fingerprint
    is_older = (MasterKey.retired_at.is_(None), MasterKey.fingerprint != made.fingerprint)
    ring.session.flush()
    ring.session.execute(sa.update(MasterKey).where(*is_older).values(retired_at=at))
    return made, len(rows)


def _lock_masters(session: Session) -> None:
    """Let nobody else make, rotate or remove a master key, nor begin to use one, until the commit.

    On SQLite whoever writes is alone already.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("LOCK TABLE master_key IN EXCLUSIVE MODE"))


def _add_master(ring: Ring, at: datetime) -> Made:
    key, code, salt = make_key(), make_recovery_code(), secrets.token_bytes(SALT_BYTES)
    name = write_master(ring.folder, key)
    wrapped = seal(key_of_code(code, salt), key, _about_master(name))
    ring.session.add(MasterKey(fingerprint=name, made_at=at, salt=salt, wrapped=wrapped))
    ring.session.flush()
    return Made(name, code)


def recover_master(ring: Ring, code: str) -> str:
    """Bring back the file of the master key that a recovery code opens; return its fingerprint.

    Raises WrongCodeError, and NotACodeError where it cannot be one.
    """
    for row in ring.session.scalars(sa.select(MasterKey).where(MasterKey.retired_at.is_(None))):
        try:
            key = open_sealed(key_of_code(code, row.salt), row.wrapped, _about_master(row.fingerprint))
        except SealBrokenError:
            continue
        if fingerprint(key) == row.fingerprint:
            return write_master(ring.folder, key)
    raise WrongCodeError


def remove_retired(ring: Ring) -> list[str]:
    """Remove the files of master keys that wrap nothing any more; return which.

    A file that the store does not know is left where it is: it may belong to a later copy of the store.
    """
    _lock_masters(ring.session)
    used = sa.exists().where(OrganizationKey.master == MasterKey.fingerprint)
    statement = sa.select(MasterKey.fingerprint).where(MasterKey.retired_at.is_not(None), ~used)
    over = set(ring.session.scalars(statement))
    gone = [name for name in list_masters(ring.folder) if name in over]
    for name in gone:
        remove_master(ring.folder, name)
    return gone


def find_master(session: Session, *, to_wrap: bool = False) -> MasterKey | None:
    """Return the master key that wraps today; ``to_wrap`` keeps it from being rotated until the commit."""
    statement = sa.select(MasterKey).where(MasterKey.retired_at.is_(None)).order_by(MasterKey.made_at.desc())
    if to_wrap:
        statement = statement.with_for_update(read=True)
    return session.scalars(statement.limit(1)).one_or_none()


def current_master(session: Session) -> MasterKey:
    """Return the same; raises NoMasterKeyError."""
    found = find_master(session)
    if found is None:
        raise NoMasterKeyError
    return found


def _master_to_wrap(session: Session) -> MasterKey:
    """Return the same, held until the commit; one that was rotated while we waited is looked for again."""
    found = find_master(session, to_wrap=True) or find_master(session, to_wrap=True)
    if found is None:
        raise NoMasterKeyError
    return found


def make_data_key(ring: Ring, thing: Thing, at: datetime) -> bytes:
    """Make the key of a thing, and of its organization where it has none; raises NoMasterKeyError."""
    wrapping = _organization_key(ring, thing.organization_id, at)
    key = make_key()
    ring.session.add(
        DataKey(
            id=thing.id,
            kind=thing.kind,
            organization_id=thing.organization_id,
            wrapped=seal(wrapping, key, thing.about),
            made_at=at,
        )
    )
    ring.session.flush()
    return key


def _organization_key(ring: Ring, organization_id: UUID, at: datetime) -> bytes:
    row = ring.session.get(OrganizationKey, organization_id)
    if row is None:
        master = _master_to_wrap(ring.session)
        wrapped = seal(
            read_master(ring.folder, master.fingerprint), make_key(), _about_organization(organization_id)
        )
        values = {
            "organization_id": organization_id,
            "master": master.fingerprint,
            "wrapped": wrapped,
            "made_at": at,
        }
        dialect = postgresql if ring.session.get_bind().dialect.name == "postgresql" else sqlite
        ring.session.execute(dialect.insert(OrganizationKey).values(**values).on_conflict_do_nothing())
        row = ring.session.get_one(OrganizationKey, organization_id)
    return open_sealed(
        read_master(ring.folder, row.master), row.wrapped, _about_organization(organization_id)
    )


def open_data_key(ring: Ring, thing: UUID) -> bytes:
    """Return the key of one thing; raises KeyDestroyedError, MasterKeyError, SealBrokenError."""
    found = open_data_keys(ring, [thing])
    if thing not in found:
        raise KeyDestroyedError
    return found[thing]


def open_data_keys(
    ring: Ring, things: Iterable[UUID], of: UUID | Mapping[UUID, UUID] | None = None
) -> dict[UUID, bytes]:
    """Return the keys of many things at once; those that were destroyed are left out.

    So are, where an organization is named, for all or thing by thing, those of another's things.
    """
    wanted, found = list(things), {}
    owners = of if isinstance(of, Mapping) else dict.fromkeys(wanted, of)
    wrapping: dict[UUID, bytes] = {}
    for start in range(0, len(wanted), AT_ONCE):
        for row in ring.session.execute(_with_their_owners(wanted[start : start + AT_ONCE])):
            owner = row.organization_id
            if owners[row.id] not in {None, owner}:
                continue
            if owner not in wrapping:
                master = read_master(ring.folder, row.master)
                wrapping[owner] = open_sealed(master, row.owner, _about_organization(owner))
            found[row.id] = open_sealed(wrapping[owner], row.wrapped, Thing(row.kind, row.id, owner).about)
    return found


def _with_their_owners(things: list[UUID]) -> sa.Select[UUID, Kind, bytes, UUID, str, bytes]:
    """Select columns, not objects: what a session remembers may have been destroyed since."""
    return (
        sa.select(
            DataKey.id,
            DataKey.kind,
            DataKey.wrapped,
            DataKey.organization_id,
            OrganizationKey.master,
            OrganizationKey.wrapped.label("owner"),
        )
        .join(OrganizationKey, OrganizationKey.organization_id == DataKey.organization_id)
        .where(DataKey.id.in_(things))
    )


def destroy_data_key(session: Session, thing: UUID) -> bool:
    """Destroy the key of a thing; says whether there was one."""
    row = session.get(DataKey, thing)
    if row is None:
        return False
    session.delete(row)
    session.flush()
    return True


def _about_master(name: str) -> str:
    return f"master|{name}"


def _about_organization(organization_id: UUID) -> str:
    return f"organization|{organization_id}"
