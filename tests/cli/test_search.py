import json

import pytest
from click.testing import Result

from referral.edition.builder import build_edition
from tests.edition.conftest import Directory

FIELDS = {
    "id",
    "name",
    "organization",
    "categories",
    "clientele",
    "languages",
    "region",
    "open_now",
    "trust",
    "why",
}


@pytest.fixture
def run(app, session):
    """Return a function that searches a small fictional edition."""
    directory = Directory(session)
    town = {
        "confidential": False,
        "municipality": "Laval",
        "region_code": "13",
        "latitude": 45.57,
        "longitude": -73.75,
    }
    directory.add("Clinique juridique Exemple", location=town)
    directory.add("Maison Exemple", category="emergency_shelter", location={"region_code": "13"})
    build_edition(session, app.config["EDITION_DIR"], "sourced", 3)

    def run(*arguments: str, language: str = "en_CA.UTF-8") -> Result:
        return app.test_cli_runner(env={"LC_ALL": language}).invoke(args=["relais", "search", *arguments])

    return run


def test_json_is_a_list_of_objects_with_the_promised_fields(run):
    found = json.loads(run("", "--json").stdout)

    assert len(found) == 2
    assert all(item.keys() >= FIELDS for item in found)


def test_every_result_tells_a_distance_or_a_band(run):
    found = json.loads(run("", "--near", "Laval", "--json").stdout)

    assert all(("distance_km" in item) != ("distance_band" in item) for item in found)


def test_a_shelter_is_only_told_by_band(run):
    found = json.loads(run("maison exemple", "--near", "Laval", "--json").stdout)
    shelter = next(item for item in found if item["categories"] == ["emergency_shelter"])

    assert "distance_km" not in shelter
    assert shelter["distance_band"] in {"under_25", "25_100", "over_100"}


def test_the_table_reads_in_french_by_default(run):
    result = run("clinique", language="C.UTF-8")

    assert "Clinique juridique Exemple" in result.output
    assert "514\xa0555-0100" in result.output
    assert "appeler avant" in result.output


def test_the_language_can_be_asked_for(run):
    assert "call first" in run("clinique", "--lang", "en", language="fr_CA.UTF-8").output


def test_a_limit_is_kept(run):
    assert len(json.loads(run("", "--limit", "1", "--json").stdout)) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--filter", "region"], "KEY=VALUE"),
        (["--filter", "colour=blue"], "colour"),
        (["--filter", "region=99"], "99"),
        (["--near", "Zzyzxville-les-Bains"], "Zzyzxville-les-Bains"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(run, arguments, said):
    result = run(*arguments)

    assert result.exit_code == 1
    assert said in result.stderr


def test_a_moment_is_judged_by_the_clock_of_quebec(run):
    assert run("", "--at", "2026-11-24T23:00").exit_code == 0


def test_a_moment_that_is_none_is_refused(run):
    assert run("", "--at", "yesterday").exit_code == 2


def test_a_rural_postal_code_asks_for_the_village(run):
    assert "very large area" in run("", "--near", "J0M 1C0").stderr
