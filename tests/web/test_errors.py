from __future__ import annotations

import pytest
from flask import abort, request

from referral.access.guard import public
from referral.web.helplines import load_help_lines
from tests.pages.example import LISTINGS, ExampleEdition, make_app

STATUSES = (400, 404, 405, 413, 429, 500, 503)


@pytest.fixture(scope="module")
def failing(tmp_path_factory):
    app = make_app(tmp_path_factory.mktemp("failing"), ExampleEdition(LISTINGS[:1]))

    @app.get("/fail/<int:status>")
    @app.get("/fr/fail/<int:status>")
    @app.get("/en/fail/<int:status>")
    @public
    def fail(status):
        abort(status)

    @app.post("/fr/read")
    @public
    def read():
        return str(len(request.form))

    @app.get("/fr/broken")
    @public
    def broken():
        raise RuntimeError("a secret of the inside")

    return app.test_client()


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_error_shows_the_help_lines_in_its_language(failing, status, language):
    response = failing.get(f"/{language}/fail/{status}")

    assert response.status_code == status
    assert f'<html lang="{language}"' in response.text
    assert all(f'href="tel:{line.number}"' in response.text for line in load_help_lines())


def test_an_error_without_a_language_follows_the_browser(failing):
    response = failing.get("/fail/404", headers={"Accept-Language": "en-CA"})

    assert '<html lang="en"' in response.text


def test_a_fault_of_ours_tells_nothing_of_the_inside(failing):
    response = failing.get("/fr/broken")

    assert response.status_code == 500
    assert "secret" not in response.text
    assert "RuntimeError" not in response.text


def test_a_page_of_errors_that_cannot_be_made_still_gives_numbers(failing, monkeypatch):
    def no_page(*_args, **_kwargs):
        raise RuntimeError("no template")

    monkeypatch.setattr("referral.web.errors.render_template", no_page)
    response = failing.get("/fr/broken")

    assert response.status_code == 500
    assert 'href="tel:911"' in response.text


def test_more_than_a_form_can_hold_is_refused(failing):
    response = failing.post("/fr/read", data={"text": "a" * 100_000})

    assert response.status_code == 413
    assert 'href="tel:911"' in response.text


def test_a_wrong_method_names_those_that_serve(failing):
    response = failing.post("/fr/about")

    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("path", ["/fr/", "/en/services", "/fr/about"])
def test_before_the_first_edition_the_help_lines_answer(empty_client, path):
    response = empty_client.get(path)

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "60"
    assert 'href="tel:911"' in response.text


def test_how_to_stay_safe_is_readable_before_the_first_edition(empty_client):
    assert empty_client.get("/fr/safety").status_code == 200
