from __future__ import annotations

import shutil
import ssl
from collections import namedtuple
from datetime import timedelta

import pytest
import sqlalchemy as sa
from click.testing import Result

from config import Config
from referral.app import create_app
from referral.cli import doctor
from referral.cli.certificate import CertificateError, Fault, ask_for_end, find_end
from referral.edition.folder import EditionFolder
from referral.edition.manifest import read_manifest
from referral.mail.sending import PutOffError, RefusedError
from referral.mail.services import deliver_due, enqueue_apart
from referral.shared.clock import now
from referral.shared.database import DIRECTORY, db
from referral.shared.seals import seal_anew
from referral.shared.tick import Note, write_note
from tests.conftest import SECRET_KEY
from tests.edition.conftest import Directory
from tests.intake.filing import make_master_key
from tests.mail.post import Post, invitation

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def run(app, session, monkeypatch):
    """Return a function that examines an installation which has an edition, from a terminal."""
    for name in doctor.KEY_FILES:
        monkeypatch.delenv(name, raising=False)
    write_note(app.config["EDITION_DIR"], Note(now()))
    make_master_key()

    def run(language: str = "en_CA.UTF-8") -> Result:
        return app.test_cli_runner(env={"LC_ALL": language}).invoke(args=["relais", "doctor"])

    return run


@pytest.fixture
def whole(app, session):
    """An installation with an edition."""
    Directory(session).add()
    app.test_cli_runner().invoke(args=["relais", "edition", "build"])
    return EditionFolder(app.config["EDITION_DIR"]).current()


def test_a_good_installation_ends_with_0(run, whole):
    result = run()

    assert result.exit_code == 0, result.output
    assert "Nothing is wrong." in result.output
    assert "The database answers and is up to date." in result.output
    assert "Edition 1 is whole; its age: 0 days." in result.output


def test_it_speaks_french_unless_the_terminal_speaks_english(run, whole):
    assert "Rien ne va mal." in run("C.UTF-8").output


def test_no_edition_is_wrong(run):
    result = run()

    assert result.exit_code == 1
    assert "No edition was built yet" in result.output
    assert "1 thing is wrong." in result.output


def test_a_damaged_edition_is_wrong(run, whole):
    (whole / "organizations.json").write_bytes(b"[]")
    result = run()

    assert result.exit_code == 1
    assert "organizations.json" in result.output


def test_a_pointer_that_cannot_be_read_is_wrong(run, whole, app):
    pointer = EditionFolder(app.config["EDITION_DIR"]).pointer
    pointer.write_bytes(b"\xff")
    result = run()

    assert result.exit_code == 1
    assert "The editions cannot be read" in result.output


def test_an_old_edition_is_noted_with_its_age(run, whole, monkeypatch):
    later = read_manifest(whole).built_at + timedelta(days=40)
    monkeypatch.setattr(doctor, "now", lambda: later)
    write_note(whole.parent, Note(later))
    result = run()

    assert result.exit_code == 0
    assert "Note – Edition 1 is whole; its age: 40 days." in result.output


@pytest.fixture
def behind(session):
    """Mark the database as one of an earlier version, until the test ends."""
    with db.engines[DIRECTORY].begin() as connection:
        version = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    yield
    with db.engines[DIRECTORY].begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :it"), {"it": version})


def test_a_database_behind_the_code_is_wrong(run, whole, behind):
    result = run()

    assert result.exit_code == 1
    assert "of another version: flask --app wsgi db upgrade" in result.output


def examine_at(url: str | None, tmp_path) -> Result:
    """Examine an installation with a database of this address and without an edition."""
    config = Config(
        SECRET_KEY=SECRET_KEY,
        AUDIT_KEY="another" + SECRET_KEY,
        DIRECTORY_URL=url,
        EDITION_DIR=tmp_path / "editions",
        SEALING_DIR=tmp_path / "sealing",
    )
    app = create_app(config)
    result = app.test_cli_runner(env={"LC_ALL": "en_CA.UTF-8"}).invoke(args=["relais", "doctor"])
    if url:
        with app.app_context():
            db.engines[DIRECTORY].dispose()
    return result


def test_a_database_that_does_not_answer_is_wrong_and_its_address_is_not_said(tmp_path):
    result = examine_at("postgresql+psycopg://me:hunter2@127.0.0.1:1/relais", tmp_path)

    assert result.exit_code == 1
    assert "The database does not answer." in result.output
    assert "hunter2" not in result.output


def test_a_database_without_tables_is_wrong(database, tmp_path):
    assert examine_at(database, tmp_path).exit_code == 1


def test_looking_for_a_database_makes_none(tmp_path):
    result = examine_at(f"sqlite:///{tmp_path}/none.db", tmp_path)

    assert "There is no database yet" in result.output
    assert not (tmp_path / "none.db").exists()


def test_a_public_process_is_told_that_it_has_no_database(tmp_path):
    assert "has no database" in examine_at(None, tmp_path).output


def test_a_file_of_a_key_that_others_can_read_is_wrong(run, whole, tmp_path, monkeypatch):
    path = tmp_path / "secret-key"
    path.write_text(SECRET_KEY)
    path.chmod(0o644)
    monkeypatch.setenv("RELAIS_SECRET_KEY_FILE", str(path))
    result = run()

    assert result.exit_code == 1
    assert f"chmod 600 {path}" in result.output
    assert SECRET_KEY not in result.output


@pytest.fixture
def sealing(app, tmp_path, monkeypatch):
    """The path of a folder of sealing keys that is not there yet."""
    monkeypatch.setitem(app.config, "SEALING_DIR", tmp_path / "sealing")
    return tmp_path / "sealing"


def test_a_folder_of_keys_that_others_can_enter_is_wrong(run, whole, sealing):
    sealing.mkdir()
    sealing.chmod(0o755)
    result = run()

    assert result.exit_code == 1
    assert f"chmod 700 {sealing}" in result.output


def test_a_sealing_folder_that_cannot_be_written_is_wrong(run, whole, sealing):
    sealing.touch(mode=0o600)
    result = run()

    assert result.exit_code == 1
    assert "The keys of searches cannot be written" in result.output


def test_a_full_disk_is_wrong(run, whole, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 10**9, 2 * doctor.MEGABYTE))
    result = run()

    assert result.exit_code == 1
    assert "2 MB" in result.output


def test_a_scheduled_command_that_never_ran_is_wrong(run, whole, app):
    (app.config["EDITION_DIR"] / "tick.json").unlink()
    result = run()

    assert result.exit_code == 1
    assert "never ran; every five minutes: flask --app wsgi relais tick" in result.output


def test_a_scheduled_command_that_is_late_is_wrong(run, whole, app):
    write_note(app.config["EDITION_DIR"], Note(now() - timedelta(hours=1)))
    result = run()

    assert result.exit_code == 1
    assert "The scheduled command is late" in result.output


def test_a_job_that_failed_is_wrong_and_named(run, whole, app):
    write_note(app.config["EDITION_DIR"], Note(now(), failed=["audit_verify"]))
    result = run()

    assert result.exit_code == 1
    assert "this failed: audit_verify" in result.output


def test_letters_without_a_way_out_are_wrong_once_there_is_one(run, whole, session):
    assert "Note – No way for mail is set: RELAIS_MAIL_HOST. 0 letters wait." in run().output
    enqueue_apart(invitation())
    session.rollback()

    assert "WRONG – No way for mail is set: RELAIS_MAIL_HOST. 1 letter waits." in run().output


def test_letters_that_were_given_up_are_wrong(run, whole, app, session, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_HOST", "mail.example")
    for key in ("a", "b"):
        enqueue_apart(invitation(key))
    deliver_due(session, Post([RefusedError("recipient_550"), PutOffError("message_451")]), now())
    session.rollback()
    result = run()

    assert result.exit_code == 1
    assert "WRONG – 1 letter was given up: flask --app wsgi relais mail" in result.output
    assert "Good – Mail has a way out. 1 letter waits." in result.output


def test_a_checkout_is_told_that_it_is_no_place_to_serve_people(run, whole, app, monkeypatch):
    monkeypatch.setitem(app.config, "DEVELOPMENT", True)  # noqa: FBT003  # a setting

    assert "RELAIS_DEVELOPMENT is 1" in run().output


def verification_error(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError("certificate verify failed")
    error.verify_code = code
    return error


@pytest.fixture
def shown(app, monkeypatch):
    """Serve the site under https, with a certificate that ends after some days or is refused."""
    monkeypatch.setitem(app.config, "SITE_URL", "https://relais.example")
    asked = []

    def show(*, days: int = 0, error: Exception | None = None) -> list[tuple[str, int]]:
        def ask(host: str, port: int) -> str:
            asked.append((host, port))
            if error is not None:
                raise error
            return f"{now() + timedelta(days=days, hours=1):%b %d %H:%M:%S %Y GMT}"

        monkeypatch.setattr(doctor, "ask_for_end", ask)
        return asked

    return show


def test_a_good_certificate_is_told_with_its_days(run, whole, shown):
    asked = shown(days=14)
    result = run()

    assert result.exit_code == 0, result.output
    assert "Good – The certificate of https://relais.example is good for 14 days." in result.output
    assert asked == [("relais.example", 443)]


def test_a_certificate_that_ends_within_two_weeks_is_wrong(run, whole, shown):
    shown(days=13)
    result = run()

    assert result.exit_code == 1
    assert "WRONG – The certificate of https://relais.example is good for 13 days." in result.output


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (10, "has ended: nobody can enter"),
        (62, "is made for another name"),
        (18, "from no authority that browsers know"),
    ],
    ids=["ended", "of another name", "made by oneself"],
)
def test_a_certificate_that_browsers_refuse_is_wrong(run, whole, shown, code, said):
    shown(error=verification_error(code))
    result = run()

    assert result.exit_code == 1
    assert said in result.output.replace("\n", " ")


def test_a_site_that_cannot_be_reached_from_here_is_noted(run, whole, shown):
    shown(error=TimeoutError())
    result = run()

    assert result.exit_code == 0
    assert "Note – No secure answer came from https://relais.example" in result.output


def test_a_site_without_https_is_not_asked(run, whole, shown, app, monkeypatch):
    asked = shown()
    monkeypatch.setitem(app.config, "SITE_URL", "http://127.0.0.1:8000")
    run()

    assert asked == []


def test_nothing_that_is_no_server_has_a_certificate():
    with pytest.raises(CertificateError) as refused:
        find_end("https://127.0.0.1:1", ask_for_end)

    assert refused.value.fault is Fault.UNREACHABLE


@pytest.fixture
def letter_of_before(app, session, monkeypatch):
    """A letter that the secret key of before sealed; it is to be set, or not."""
    enqueue_apart(invitation())
    session.rollback()
    monkeypatch.setitem(app.config, "SECRET_KEY", "a-newer-key-for-tests-9876543210-zyxwv")
    monkeypatch.setitem(app.config, "MAIL_HOST", "mail.example")
    monkeypatch.setitem(app.config, "MAIL_FROM", "relais@relais.example")


def test_what_the_old_key_sealed_is_counted(run, whole, app, letter_of_before, monkeypatch):
    monkeypatch.setitem(app.config, "SECRET_KEY_OLD", SECRET_KEY)
    result = run()

    assert result.exit_code == 0, result.output
    assert "1 thing waits to be sealed anew: keep RELAIS_SECRET_KEY_OLD." in result.output


def test_an_old_key_that_nothing_needs_can_go(run, whole, app, letter_of_before, monkeypatch):
    monkeypatch.setitem(app.config, "SECRET_KEY_OLD", SECRET_KEY)
    seal_anew(now())

    assert "take RELAIS_SECRET_KEY_OLD away" in run().output


def test_what_no_key_opens_is_wrong(run, whole, letter_of_before):
    result = run()

    assert result.exit_code == 1
    assert "No key that is set opens 1 thing." in result.output


def test_without_an_old_key_none_is_spoken_of(run, whole):
    assert "SECRET_KEY_OLD" not in run().output
