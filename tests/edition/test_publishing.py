from __future__ import annotations

from datetime import UTC, datetime

from referral.edition import publishing
from referral.edition.publishing import number_shown, publish, publish_if_behind, publish_soon

AT = datetime(2026, 11, 24, 15, tzinfo=UTC)


def test_what_was_just_kept_is_shown(session, directory):
    directory.add()
    built = publish(session)

    assert number_shown() == built.manifest.number


def test_a_build_that_fails_leaves_the_change_kept(session, directory, monkeypatch):
    directory.add()
    monkeypatch.setattr(publishing, "build_edition", lambda *_args: 1 / 0)

    assert publish_soon(session) is False


def test_the_scheduled_command_builds_what_is_behind(session, directory, build):
    directory.add()
    build()
    directory.add("Autre Exemple")
    publish_if_behind(AT)

    assert number_shown() == 2


def test_the_scheduled_command_builds_no_first_edition(session, directory):
    directory.add()
    publish_if_behind(AT)

    assert number_shown() is None
