"""Whatever is typed, by nobody or by somebody who is signed in, is answered, and is no fault of ours."""

from __future__ import annotations

import pytest

from referral.accounts import forms
from tests.security.people import token_of
from tests.security.test_who_gets_in import address, doors, play

ODD = (
    "a\x00b",
    "é" * 200,
    "9" * 400,
    "' OR '1'='1",
    "%s%n%(x)s",
    "<script>",
    "=cmd|' /C calc'!A0",
    "\r\nBcc: x@exemple.example",
    "a" * 20_000,
    "[]",
    '{"a": [{}]}',
    "\u202e\u0000\ufeff",
)
FIELDS = sorted(
    {
        "username",
        "password",
        "current_password",
        "new_password",
        "code",
        "credential",
        "name",
        "email",
        "role",
        "roles",
        "language",
        "heir",
        "shown",
        "place",
        "next",
        "kept",
    }
)


def odd_on(backend):
    """Return what may be too odd for a database: for PostgreSQL any, for SQLite long numbers."""
    return ODD if backend == "postgresql" else [value for value in ODD if value.isdigit()]


@pytest.mark.parametrize("visitor", ["nobody", "beginner", "lead"])
def test_nothing_typed_is_a_fault_of_ours(app, client, session, backend, visitor):
    scene, browser = play(app, session, visitor)
    token = token_of(browser)
    for route in doors(app):
        if route.endpoint in ("accounts.sign_out", "accounts.end_sessions"):
            continue
        path = address(app, route.endpoint, scene, route.method)
        for value in odd_on(backend):
            data = dict.fromkeys(FIELDS, value) | {"csrf_token": token}
            answer = browser.open(
                path,
                method=route.method,
                data=data if route.method == "POST" else None,
                query_string={"next": value, "before": value},
            )
            assert answer.status_code < 500, (path, value)
            assert "<script>" not in answer.text, (path, value)


@pytest.mark.parametrize("value", ODD, ids=ascii)
def test_no_token_of_a_link_is_a_fault_of_ours(app, client, session, value):
    browser = app.test_client()
    for page in ("invitation", "reset", "places"):
        raw = f"/fr/account/{page}/{value}"
        answer = browser.get(
            "/", environ_overrides={"PATH_INFO": raw.encode("utf-8", "replace").decode("latin1")}
        )
        assert answer.status_code in (303, 308, 400, 404)


def test_every_field_of_every_form_is_tried():
    named = set()
    for form in vars(forms).values():
        if isinstance(form, type) and issubclass(form, forms.StaffForm):
            named |= {name for name in vars(form) if type(getattr(form, name)).__name__ == "UnboundField"}

    assert named <= set(FIELDS)
    assert len(named) > 10
