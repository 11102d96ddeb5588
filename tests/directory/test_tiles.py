"""Pictures of the operator's own behind the map, and what the policy of its page then says."""

from __future__ import annotations

import pytest

from config import Config
from referral.app import create_app
from referral.edition.reader import READER
from tests.geo.pictures import make_picture, write_pictures
from tests.pages.example import SECRET_KEY

CREDIT = "© Cartes Exemple"
OWN_HOST = "https://tiles.example.org"


@pytest.fixture(scope="module")
def site(edition, tmp_path_factory):
    """Return a function that makes a site with these settings of the map."""

    def make(**settings):
        folder = tmp_path_factory.mktemp("site")
        config = Config(
            SECRET_KEY=SECRET_KEY,
            EDITION_DIR=folder,
            SEALING_DIR=folder / "sealing",
            TESTING=True,
            MAP_CREDIT=CREDIT,
            **settings,
        )
        app = create_app(config)
        app.extensions[READER] = edition
        return app.test_client()

    return make


@pytest.fixture(scope="module")
def with_file(site, tmp_path_factory):
    return site(MAP_PMTILES=write_pictures(tmp_path_factory.mktemp("tiles") / "map.pmtiles"))


@pytest.fixture(scope="module")
def with_host(site):
    return site(MAP_TILES_URL=f"{OWN_HOST}/{{z}}/{{x}}/{{y}}.png", MAP_TILES_HOST="tiles.example.org")


def pictures_allowed(response):
    policy = response.headers["Content-Security-Policy"]
    return next(part for part in policy.split("; ") if part.startswith("img-src"))


def test_a_picture_comes_from_our_own_address_and_is_not_kept(with_file):
    response = with_file.get("/fr/services/map/tiles/4/9/5")

    assert response.data == make_picture(80, 63, 35, 8)
    assert response.mimetype == "image/png"
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("place", "status"), [("3/0/0", 204), ("9/1/1", 204), ("3/99/1", 204), ("3/-1/1", 404), ("3/a/1", 404)]
)
def test_where_the_file_has_no_picture_nothing_is_sent(with_file, place, status):
    response = with_file.get(f"/fr/services/map/tiles/{place}")

    assert response.status_code == status
    assert response.mimetype != "image/png"


def test_a_site_without_pictures_has_none(client):
    assert client.get("/fr/services/map/tiles/4/9/5").status_code == 404
    assert "tileLayer" not in client.get("/fr/services/map.js").text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_map_asks_the_file_for_its_zooms_and_says_whose_it_is(with_file, language):
    script = with_file.get(f"/{language}/services/map.js").text

    assert "/fr/services/map/tiles/{z}/{x}/{y}" in script
    assert '"maxNativeZoom": 5' in script
    assert CREDIT in with_file.get(f"/{language}/services/map").text


def test_pictures_of_our_own_address_widen_no_policy(with_file):
    assert pictures_allowed(with_file.get("/fr/services/map")) == "img-src 'self'"


def test_a_declared_host_is_allowed_on_the_map_for_pictures_and_nothing_else(with_host):
    shown = with_host.get("/fr/services/map")

    assert pictures_allowed(shown) == f"img-src 'self' {OWN_HOST}"
    assert shown.headers["Content-Security-Policy"].count(OWN_HOST) == 1
    assert OWN_HOST in with_host.get("/fr/services/map.js").text


@pytest.mark.parametrize("path", ["/fr/", "/fr/services", "/fr/services/map.js", "/fr/safety"])
def test_no_other_page_knows_the_host(with_host, path):
    assert OWN_HOST not in with_host.get(path).headers["Content-Security-Policy"]
