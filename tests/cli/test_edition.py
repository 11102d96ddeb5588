import pytest
from click.testing import Result

from config import Config
from referral.app import create_app
from referral.edition.folder import EditionFolder
from tests.conftest import SECRET_KEY
from tests.edition.conftest import Directory


@pytest.fixture
def run(app, session):
    """Return a function that runs a command of an English-speaking terminal."""

    def run(*arguments: str, language: str = "en_CA.UTF-8") -> Result:
        return app.test_cli_runner(env={"LC_ALL": language}).invoke(args=["relais", *arguments])

    return run


@pytest.fixture
def directory(session):
    return Directory(session)


def test_building_says_what_the_edition_holds(run, directory):
    directory.add()
    result = run("edition", "build")

    assert result.exit_code == 0
    assert "Edition 1" in result.output
    assert "1 service, 1 organization" in result.output


def test_commands_speak_french_unless_the_terminal_speaks_english(run, directory):
    directory.add()

    assert "Édition" in run("edition", "build", language="C.UTF-8").output


def test_showing_without_an_edition_is_refused(run):
    result = run("edition", "show")

    assert result.exit_code == 1
    assert "No edition was built yet." in result.stderr


def test_verifying_a_whole_edition_succeeds(run, directory):
    directory.add()
    run("edition", "build")

    assert run("edition", "verify").exit_code == 0


def test_verifying_names_the_file_that_was_altered(run, directory, app):
    directory.add()
    run("edition", "build")
    folder = EditionFolder(app.config["EDITION_DIR"]).current()
    (folder / "organizations.json").write_bytes(b"[]")
    result = run("edition", "verify")

    assert result.exit_code == 1
    assert "organizations.json" in result.stderr


def test_a_process_without_a_database_says_which_setting_is_missing(tmp_path):
    app = create_app(Config(SECRET_KEY=SECRET_KEY, EDITION_DIR=tmp_path))
    result = app.test_cli_runner().invoke(args=["relais", "edition", "build"])

    assert result.exit_code == 1
    assert "RELAIS_DIRECTORY_URL" in result.stderr
