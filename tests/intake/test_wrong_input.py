"""What is missing is told at once, and in the order in which the page asks for it."""

from __future__ import annotations

import html
import re

import pytest

from tests.conftest import ON_ONE_BACKEND
from tests.intake.filing import enter, make_case, make_draft

pytestmark = pytest.mark.usefixtures("client")


def told(page):
    """Return where the summary of a page leads, in its order, and where these things stand."""
    text = html.unescape(page)
    summary = text.partition('id="summary-title"')[2].partition("</ul>")[0]
    names = re.findall(r'href="#([a-z_]+)"', summary)
    places = [text.index(f'id="{name}"') for name in names]
    return names, places


@pytest.fixture
def person(app, session, house):
    return enter(app, session, house.worker)


@ON_ONE_BACKEND
@pytest.mark.parametrize(
    ("asked", "missing"),
    [
        ((make_draft, "/{}/open", {}), {"text", "on", "deputy"}),
        ((make_case, "/hand-over", {"how": "until"}), {"files", "owner", "how"}),
        (
            (make_case, "/new/open", {"age_band": "", "region": ""}),
            {"step", "step_on", "deputy", "opened_on"},
        ),
        (
            (make_case, "/{}/consents/new", {"days": "400", "do": "grant"}),
            {"recipients", "items", "purpose", "days", "capacity", "mode", "spoken", "copy"},
        ),
    ],
)
def test_all_that_is_missing_is_told_at_once_from_top_to_bottom(person, house, asked, missing):
    make, path, sent = asked
    answer = person.post(f"/fr/cases{path.format(make(house))}", **sent)
    names, places = told(answer.text)

    assert answer.status_code == 422
    assert set(names) == missing
    assert places == sorted(places)
