import pytest
import sqlalchemy as sa
from click.testing import Result

from referral.catalogue.models import Service
from referral.shared.paths import DATA

CATALOGUE = DATA / "catalogue"


@pytest.fixture
def run(app, session):
    """Return a function that imports a path."""

    def run(path: object, language: str = "en_CA.UTF-8") -> Result:
        return app.test_cli_runner(env={"LC_ALL": language}).invoke(args=["relais", "import", str(path)])

    return run


def test_importing_says_how_many_were_added(run):
    assert "423 added, 0 changed, 0 unchanged." in run(CATALOGUE).output


def test_importing_again_changes_nothing(run):
    run(CATALOGUE)

    assert "0 added, 0 changed, 423 unchanged." in run(CATALOGUE).output


@pytest.fixture
def spoiled(tmp_path):
    """The real services, with a telephone number that cannot be."""
    lines = (CATALOGUE / "services.csv").read_text(encoding="utf-8")
    path = tmp_path / "services.csv"
    path.write_text(lines.replace("+18559099038", "+1855", 1), encoding="utf-8")
    return path


def test_a_mistake_is_named_by_file_line_and_column(run, spoiled):
    result = run(spoiled)

    assert result.exit_code == 1
    assert "Nothing was imported." in result.stderr
    assert "services.csv, line 3, column phone_tollfree:" in result.stderr


def test_a_mistake_is_told_in_french_too(run, spoiled):
    assert "services.csv, ligne\xa03, colonne\xa0phone_tollfree" in run(spoiled, "fr_CA.UTF-8").stderr


def test_a_mistake_changes_nothing(run, spoiled, session):
    run(spoiled)

    assert session.scalar(sa.select(sa.func.count()).select_from(Service)) == 0
