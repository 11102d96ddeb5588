"""What the doctor says of case files, their keys and the master key."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from flask import Config as Settings

from config import Config
from referral.app import create_app
from referral.cli.doctor_files import examine_files, examine_places
from referral.cli.findings import Sign
from referral.keyring.folder import list_masters, remove_master
from referral.shared.database import CASES, DIRECTORY, KEYS, db
from tests.conftest import AUDIT_KEY, SECRET_KEY
from tests.intake.filing import make_master_key


@pytest.fixture
def settings(app, session, tmp_path, monkeypatch):
    """The settings of an application with case files, with a folder of master keys of the test's own."""
    folder = tmp_path / "elsewhere" / "masters"
    monkeypatch.setitem(app.config, "MASTER_KEY_DIR", folder)
    with app.test_request_context("/en/"):
        yield app.config


@pytest.fixture
def masters(settings):
    """The folder of master keys, with one."""
    make_master_key()
    return settings["MASTER_KEY_DIR"]


def said(settings, sign=Sign.WRONG):
    return [each.sentence for each in examine_files(settings) if each.sign is sign]


def test_where_all_is_there_nothing_is_wrong(settings, masters):
    assert said(settings) == []
    assert f"only its owner can read it: {list_masters(masters)[0]}" in "".join(said(settings, Sign.GOOD))


def test_without_case_files_nothing_is_said(settings, monkeypatch):
    monkeypatch.setitem(settings, "CASES_URL", None)

    assert list(examine_files(settings)) == []


def test_no_master_key_is_wrong(settings):
    assert "keys create" in "".join(said(settings))


def test_a_lost_master_key_is_wrong(settings, masters):
    remove_master(masters, list_masters(masters)[0])

    assert "keys recover" in "".join(said(settings))


@pytest.mark.parametrize("what", ["the folder", "the key"])
def test_a_master_key_that_others_can_read_is_wrong(settings, masters, what):
    path = masters if what == "the folder" else next(masters.iterdir())
    path.chmod(0o755)

    assert f"chmod {'700' if what == 'the folder' else '600'} {path}" in "".join(said(settings))


@pytest.mark.parametrize(("name", "words"), [(CASES, "database of case files"), (KEYS, "database of keys")])
def test_a_database_of_another_version_is_wrong(settings, masters, name, words):
    with db.engines[name].connect() as connection:
        version = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    mark(name, "0001")
    try:
        assert f"The {words} is of another version: flask --app wsgi db upgrade" in said(settings)
    finally:
        mark(name, version)


def mark(name, version):
    with db.engines[name].begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :it"), {"it": version})


def test_two_settings_of_one_database_are_wrong(settings, masters, monkeypatch):
    monkeypatch.setitem(settings, "KEYS_URL", settings["CASES_URL"])
    engines = SimpleNamespace(engines={**db.engines, KEYS: db.engines[CASES]})
    monkeypatch.setattr("referral.cli.doctor_files.db", engines)
    (finding, *_) = examine_places(settings)

    assert finding.sign is Sign.WRONG
    assert finding.sentence == "RELAIS_CASES_URL and RELAIS_KEYS_URL name one and the same database."


def test_the_three_of_a_good_installation_are_not_taken_for_one(settings, masters):
    assert [each for each in examine_places(settings) if each.sign is Sign.WRONG] == []


def places(tmp_path, *, masters="masters", **files):
    """Return the settings of an installation whose databases are files of these names."""
    urls = {f"{name.upper()}_URL": f"sqlite:///{tmp_path}/{path}" for name, path in files.items()}
    for path in files.values():
        (tmp_path / path).parent.mkdir(exist_ok=True)
    return Settings(str(tmp_path), urls | {"MASTER_KEY_DIR": tmp_path / masters})


APART = {"directory": "directory/d.db", "cases": "cases/c.db", "keys": "keys/k.db"}


@pytest.fixture
def speaking(app):
    """Sentences are in English."""
    with app.test_request_context("/en/"):
        yield


def notes(settings):
    return "".join(each.sentence for each in examine_places(settings))


def test_folders_apart_are_not_spoken_of(speaking, tmp_path):
    assert notes(places(tmp_path, **APART)) == ""


def test_keys_beside_the_case_files_are_noted(speaking, tmp_path):
    assert "lie in one folder" in notes(places(tmp_path, **APART | {"keys": "cases/k.db"}))


@pytest.mark.parametrize("beside", ["cases", "keys"])
def test_master_keys_under_the_folder_of_a_database_are_noted(speaking, tmp_path, beside):
    assert "leave them out of its backup" in notes(places(tmp_path, masters=f"{beside}/masters", **APART))


def test_a_link_to_the_same_file_is_the_same_database(speaking, tmp_path):
    settings = places(tmp_path, **APART)
    (tmp_path / "cases" / "c.db").touch()
    (tmp_path / "keys" / "k.db").symlink_to(tmp_path / "cases" / "c.db")

    assert "RELAIS_CASES_URL and RELAIS_KEYS_URL name one and the same database." in notes(settings)


def test_files_that_are_not_there_are_wrong_and_not_made(tmp_path):
    urls = {f"{name.upper()}_URL": f"sqlite:///{tmp_path}/{name}.db" for name in (DIRECTORY, CASES, KEYS)}
    config = Config(
        SECRET_KEY=SECRET_KEY,
        AUDIT_KEY=AUDIT_KEY,
        EDITION_DIR=tmp_path / "editions",
        SEALING_DIR=tmp_path / "sealing",
        MASTER_KEY_DIR=tmp_path / "masters",
        **urls,
    )
    runner = create_app(config).test_cli_runner(env={"LC_ALL": "en_CA.UTF-8"})
    output = runner.invoke(args=["relais", "doctor"]).output

    assert "There is no database of case files yet" in output
    assert "There is no database of keys yet" in output
    assert list(tmp_path.glob("*.db")) == []
