from __future__ import annotations

import gzip

import pytest

from referral.web import assets
from referral.web.assets import EXTENSION, asset


@pytest.fixture
def address(app):
    def lasting(name):
        with app.app_context():
            return asset(name)

    return lasting


def test_a_file_may_be_kept_for_ever_at_the_address_of_its_content(client, address):
    response = client.get(address("style.css"))

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_an_address_of_another_day_is_answered_but_not_kept(client):
    response = client.get("/static/0123456789ab/style.css")

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, no-cache"


def test_a_file_is_sent_compressed(client, address):
    response = client.get(address("app.js"), headers={"Accept-Encoding": "gzip"})

    assert gzip.decompress(response.data) == client.get(address("app.js")).data


def test_what_a_browser_has_is_not_sent_again(client, address):
    etag = client.get(address("app.js")).headers["ETag"]

    assert client.get(address("app.js"), headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize(
    "name",
    [
        "vendor/leaflet/leaflet.js",
        "vendor/leaflet/leaflet.css",
        "vendor/markercluster/leaflet.markercluster.js",
    ],
)
def test_the_map_comes_from_our_own_address(client, address, name):
    assert client.get(address(name)).status_code == 200


@pytest.mark.parametrize("name", ["../app.py", "nothing.css", "%2e%2e/app.py", "vendor/leaflet/__init__.py"])
def test_only_static_files_are_sent(client, name):
    assert client.get(f"/static/{name}").status_code == 404


def test_a_file_that_is_not_there_has_no_address(address):
    with pytest.raises(KeyError):
        address("nothing.css")


def test_pages_are_compressed_for_a_browser_that_takes_it(client):
    response = client.get("/fr/services", headers={"Accept-Encoding": "gzip"})

    assert response.content_encoding == "gzip"
    assert gzip.decompress(response.data).decode() == client.get("/fr/services").text


def test_a_file_is_compressed_once_when_the_server_starts(app):
    files = app.extensions[EXTENSION].files

    assert [
        name for name, file in files.items() if file.compressed is None and not name.endswith(".png")
    ] == []


def test_a_cache_keeps_what_is_compressed_apart_from_what_is_not(client, address):
    compressed = client.get(address("app.js"), headers={"Accept-Encoding": "gzip"})
    plain = client.get(address("app.js"))

    assert "Accept-Encoding" in compressed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert compressed.headers["ETag"] != plain.headers["ETag"]


def test_a_file_that_changes_has_another_address(monkeypatch, tmp_path):
    (tmp_path / "style.css").write_text("a{}")
    monkeypatch.setattr(assets, "OWN", tmp_path)
    before = assets.load_assets().digest
    (tmp_path / "style.css").write_text("b{}")

    assert assets.load_assets().digest != before
