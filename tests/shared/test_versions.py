"""Two people save one service: the second is shown both versions, on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from referral.catalogue.models import Service
from referral.shared.conflict import Side
from referral.shared.database import DIRECTORY, db, writing
from referral.shared.versions import ConflictError, Versioned, keeping_both
from tests.edition.conftest import Directory

BASE = {"minimum_age": None, "maximum_age": None}


@pytest.fixture
def service(session):
    service = Directory(session).add()
    session.commit()
    return service


def save(session, service, version, mine, base=None):
    with writing(session), keeping_both(session, service, version, mine, base):
        for name, value in mine.items():
            setattr(service, name, value)


def test_who_saves_first_makes_the_next_version(session, service):
    version = service.version
    save(session, service, version, {"minimum_age": 18})

    assert (service.version, service.minimum_age) == (version + 1, 18)


def test_who_saves_second_is_shown_both_and_overwrites_nothing(session, service):
    version = service.version
    save(session, service, version, {"minimum_age": 18})
    with pytest.raises(ConflictError) as refused:
        save(session, service, version, {"minimum_age": 12, "maximum_age": 17}, BASE)

    shown = {field.name: field for field in refused.value.conflict.fields}
    assert (shown["minimum_age"].theirs, shown["minimum_age"].mine) == (18, 12)
    assert (shown["minimum_age"].side, shown["maximum_age"].side) == (Side.BOTH, Side.MINE)
    session.expire_all()
    assert (service.minimum_age, service.maximum_age) == (18, None)


def test_who_has_seen_both_can_save(session, service):
    version = service.version
    save(session, service, version, {"minimum_age": 18})
    with pytest.raises(ConflictError) as refused:
        save(session, service, version, {"minimum_age": 12})
    save(session, service, refused.value.version, {"minimum_age": 12})

    assert service.minimum_age == 12


def other_saves(statement):
    """Commit from another connection what happens between a read and a save."""
    with Session(db.engines[DIRECTORY]) as other:
        other.execute(statement)
        other.commit()


def save_late(session, service, statement):
    """Save what was read before another saved, as PostgreSQL lets one do."""
    version = service.version
    session.rollback()
    mine = {"minimum_age": 12}
    row = session.get(Service, service.id)
    session.expunge(row)
    session.rollback()
    other_saves(statement)
    session.add(row)
    with keeping_both(session, row, version, mine, BASE):
        row.minimum_age = 12


def test_a_save_between_my_read_and_my_save_is_shown(session, service):
    with pytest.raises(ConflictError) as refused:
        save_late(session, service, sa.update(Service).values(minimum_age=18, version=Service.version + 1))

    (field,) = refused.value.conflict.fields
    assert (field.base, field.theirs, field.mine) == (None, 18, 12)
    assert refused.value.version == service.version


def test_what_was_removed_meanwhile_is_said_to_be_gone(session, service):
    with pytest.raises(ConflictError) as refused:
        save_late(session, service, sa.delete(Service))

    assert refused.value.conflict.is_gone
    assert refused.value.version is None


def test_a_table_becomes_versioned_by_its_mixin():
    class OwnBase(DeclarativeBase):
        """A base apart, so that the application does not know the table."""

    class Note(Versioned, OwnBase):
        """Something that two people can edit."""

        __tablename__ = "note"
        id: Mapped[int] = mapped_column(primary_key=True)
        text: Mapped[str]

    engine = sa.create_engine("sqlite://")
    OwnBase.metadata.create_all(engine)
    with Session(engine) as session:
        note = Note(id=1, text="a")
        session.add(note)
        session.commit()
        note.text = "b"
        session.commit()

        assert note.version == 2
    engine.dispose()
