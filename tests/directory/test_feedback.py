"""What readers tell, on both databases; and what they see where there is none."""

from __future__ import annotations

import logging
import re
from html import unescape

import pytest
import sqlalchemy as sa

from referral.directory import feedback_views
from referral.evidence.kinds import FlagAnswer
from referral.evidence.models import ListingFlag, UnmetNeed
from referral.evidence.services import answer_flag
from referral.mail.models import Outbox
from referral.shared.clock import now
from referral.shared.database import DIRECTORY, DirectoryBase, db, writing
from referral.shared.turns import TooLongAWaitError
from referral.web.helplines import load_help_lines
from referral.web.limits import EXTENSION
from referral.web.sealing import current_sealer
from tests import postgresql
from tests.conftest import ON_ONE_BACKEND, Visitor, empty_tables, migrated_app
from tests.edition.conftest import Directory, build
from tests.pages.example import OFFICE, ExampleEdition, make_app

__all__ = ["build"]
NEED = {"need": "emergency_shelter", "reason": "no-capacity"}


@pytest.fixture(scope="module")
def app(backend, tmp_path_factory):
    """An application of this module's own: the others of this folder have no database."""
    folder = tmp_path_factory.mktemp("feedback")
    if backend == "sqlite":
        yield from migrated_app(f"sqlite:///{folder}/test.db", folder / "editions")
    else:
        with postgresql.empty_database() as url:
            yield from migrated_app(url, folder / "editions")


@pytest.fixture
def client(app, session):
    app.test_client_class = Visitor
    app.extensions[EXTENSION].reset()
    return app.test_client()


@pytest.fixture
def service(client, session, build):
    service = Directory(session).add("Maison Exemple")
    build()
    return service


@pytest.fixture
def no_database(tmp_path):
    return make_app(tmp_path, ExampleEdition((OFFICE,))).test_client()


@pytest.fixture
def broken(app, client, service, session):
    """The same site, whose database lost a table: it answers nothing of use."""
    names = ("listing_flag", "unmet_need")
    session.rollback()
    with db.engines[DIRECTORY].begin() as connection:
        for name in names:
            connection.execute(sa.text(f"ALTER TABLE {name} RENAME TO {name}_away"))
    yield client
    session.rollback()
    with db.engines[DIRECTORY].begin() as connection:
        for name in names:
            connection.execute(sa.text(f"ALTER TABLE {name}_away RENAME TO {name}"))


def address(service, language="fr"):
    return f"/{language}/services/{service.id}/fix"


def flags(session):
    session.rollback()
    return session.scalars(sa.select(ListingFlag)).all()


def needs(session):
    session.rollback()
    return session.scalars(sa.select(UnmetNeed)).all()


def seal(app, **fields):
    with app.app_context():
        return current_sealer().seal({name: [text] for name, text in fields.items()}, now())


def chosen(text):
    return set(re.findall(r'<option selected value="([^"]+)"', text))


def has_help_lines(text):
    return all(f'href="tel:{line.number}"' in text for line in load_help_lines())


@pytest.mark.parametrize(("language", "title"), [("fr", "Corriger cette fiche"), ("en", "Fix this listing")])
def test_the_form_names_the_listing_and_asks_for_no_name(client, service, language, title):
    text = client.get(address(service, language)).text
    form = text[text.index('<form class="tell"') :].partition("</form>")[0]

    assert title in text
    assert "Maison Exemple" in text
    assert re.findall(r'name="(\w+)"', form) == ["kind"] * 6 + ["note"]


def test_a_flag_is_held_for_review_and_changes_nothing(client, session, service):
    before = client.get(f"/fr/services/{service.id}").text
    response = client.post(address(service), data={"kind": "phone", "note": "Ne répond plus."})

    assert (response.status_code, response.headers["Location"].split("?")[0]) == (
        303,
        address(service) + "/sent",
    )
    assert [(each.kind, each.note, each.status) for each in flags(session)] == [
        ("phone", "Ne répond plus.", "waiting")
    ]
    assert client.get(f"/fr/services/{service.id}").text == before


def test_the_page_after_a_flag_says_what_happens_next(client, service):
    text = client.post(address(service), data={"kind": "hours"}, follow_redirects=True).text

    assert "La suite" in text
    assert "Quoi faire maintenant" not in text
    assert has_help_lines(text)


def test_a_listing_that_says_too_much_shows_at_once_what_to_do(client, service):
    response = client.post(address(service), data={"kind": "unsafe"})
    text = client.get(response.headers["Location"]).text

    assert "unsafe" not in response.headers["Location"]
    assert "Quoi faire maintenant" in text
    assert 'href="tel:+15145550100"' in text


CODE = re.compile(r"<strong>([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})</strong>")


def flag_and_read_code(client, service):
    return CODE.search(client.post(address(service), data={"kind": "hours"}, follow_redirects=True).text)[1]


def ask(client, code, language="fr"):
    return client.post(f"/{language}/what-came-of-it", data={"code": code})


def test_whoever_flagged_gets_a_code_that_no_address_tells(client, service):
    location = client.post(address(service), data={"kind": "hours"}).headers["Location"]
    code = CODE.search(client.get(location).text)[1]

    assert code not in location
    assert code.replace("-", "") not in location


def test_a_code_that_is_none_is_answered_as_one_that_waits(client, service):
    waits, none = (ask(client, code).text for code in (flag_and_read_code(client, service), "2222-2222-2222"))

    assert "rien à dire" in unescape(waits)
    assert re.sub(r'value="[^"]*"', "", waits) == re.sub(r'value="[^"]*"', "", none)


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "La fiche a été corrigée."), ("en", "The listing was corrected.")]
)
def test_a_code_tells_what_came_of_a_flag(client, session, service, language, words):
    code = flag_and_read_code(client, service)
    (flag,) = flags(session)
    answer_flag(flag, FlagAnswer.CORRECTED, "", "Robin Exemple", now())
    session.commit()

    assert words in unescape(ask(client, code, language).text)


def test_codes_cannot_be_tried_one_after_the_other(client, service):
    answers = [ask(client, f"2222-2222-{number:04}").status_code for number in range(11)]

    assert answers == [200] * 10 + [429]


def test_a_flag_writes_to_the_organization_without_saying_what_was_told(client, session, service):
    session.rollback()
    with writing(session):
        session.get(type(service), service.id).email = "boite@exemple.example"
    client.post(address(service), data={"kind": "other", "note": "Un mot à ne pas répéter."})
    session.rollback()
    (row,) = session.scalars(sa.select(Outbox)).all()

    assert row.kind == "listing_flagged"
    assert b"ne pas" not in row.sealed


def test_a_note_that_holds_an_address_comes_back_with_a_clear_error(client, session, service):
    note = "Le vrai lieu : 12, rue Exemple"
    response = client.post(address(service), data={"kind": "other", "note": note})

    assert response.status_code == 422
    assert "adresse. Retirez-la" in unescape(response.text)
    assert f">\r\n{note}</textarea>" in unescape(response.text)
    assert re.search(r'<input checked [^>]*value="other"', response.text)
    assert flags(session) == []


@ON_ONE_BACKEND
@pytest.mark.parametrize(
    "data", [{}, {"kind": ""}, {"kind": "nonsense"}, {"kind": "hours", "note": "a" * 501}]
)
def test_a_form_that_is_not_right_keeps_nothing_and_says_where(client, session, service, data):
    response = client.post(address(service), data=data)

    assert response.status_code == 422
    assert 'href="#kind"' in response.text or 'href="#note"' in response.text
    assert flags(session) == []


def test_what_is_typed_is_shown_as_text(client, service):
    text = client.post(address(service), data={"note": "<script>alert(1)</script>"}).text

    assert "<script>alert" not in text


def test_a_listing_that_is_not_shown_cannot_be_flagged(client, service):
    other = "/fr/services/6f1f2f0e-6c5e-4a53-8d43-1c6d2b3c4d5e/fix"

    assert [client.get(other).status_code, client.post(other, data={"kind": "hours"}).status_code] == [
        404,
        404,
    ]


def test_a_listing_that_the_directory_holds_no_more_answers_that_it_is_gone(app, client, session, service):
    form = address(service)
    session.rollback()
    empty_tables(db.engines[DIRECTORY], DirectoryBase, app.extensions["filled_by_migrations"])

    assert client.post(form, data={"kind": "hours"}).status_code == 404


def test_an_unmet_need_is_counted_in_codes_alone(client, session, service):
    data = NEED | {"region": "13", "clientele": "women", "age": "25-64"}
    response = client.post("/fr/unmet-need", data=data)
    row = needs(session)[0]

    assert (response.status_code, response.headers["Location"]) == (303, "/fr/unmet-need/sent")
    assert (row.need, row.reason, row.region_code) == ("emergency_shelter", "no-capacity", "13")
    assert (row.clientele, row.age_band) == ("women", "25-64")


def test_an_unmet_need_has_nowhere_to_write_words(client, service):
    text = client.get("/fr/unmet-need").text

    form = text[text.index('<form class="tell"') :].partition("</form>")[0]

    assert "<textarea" not in form
    assert set(re.findall(r'<input[^>]*type="(\w+)"', form)) == {"radio"}


def test_a_sealed_search_fills_in_the_need(app, client, service):
    token = seal(app, need="youth", near="Laval", clientele="girls", age="16")

    assert {"youth", "13", "14-17"} <= chosen(client.get(f"/fr/unmet-need?s={token}").text)


def test_a_seal_that_nobody_can_read_leaves_the_form_blank(client, service):
    response = client.get("/fr/unmet-need?s=zzzz")

    assert response.status_code == 200
    assert chosen(response.text) == set()


def test_no_address_tells_what_was_needed(app, client, session, service):
    token = seal(app, need="youth", exploitation="sexual")
    location = client.post(f"/fr/unmet-need?s={token}", data=NEED | {"age": "14-17"}).headers["Location"]

    assert not re.search("youth|emergency|sexual|14|no-capacity", location.replace(token, ""))
    assert [each.exploitation for each in needs(session)] == ["sexual"]


def test_a_young_person_is_led_to_youth_protection(client, service):
    text = client.post("/fr/unmet-need", data=NEED | {"age": "14-17"}, follow_redirects=True).text

    assert "protection de la jeunesse" in text


@ON_ONE_BACKEND
@pytest.mark.parametrize(
    "data",
    [
        {},
        {"need": "youth"},
        {"reason": "hours"},
        NEED | {"need": "nonsense"},
        NEED | {"region": "99"},
        NEED | {"age": "7"},
    ],
)
def test_a_need_that_is_not_right_is_not_counted(client, session, service, data):
    assert client.post("/fr/unmet-need", data=data).status_code == 422
    assert needs(session) == []


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "Attendez quelques minutes"), ("en", "Wait a few minutes")]
)
def test_too_many_at_once_wait_and_lose_nothing(client, session, service, language, words):
    for _ in range(20):
        assert client.post(address(service), data={"kind": "hours"}).status_code == 303
    response = client.post(address(service, language), data={"kind": "other", "note": "Mon texte."})

    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert words in response.text
    assert "Mon texte." in response.text
    assert has_help_lines(response.text)
    assert len(flags(session)) == 20


def test_searching_goes_on_where_too_much_was_sent(client, service):
    for _ in range(21):
        client.post("/fr/unmet-need", data=NEED)

    assert client.post("/fr/unmet-need", data=NEED).status_code == 429
    assert client.get("/fr/services?q=maison").status_code == 200


def test_a_database_that_does_not_answer_loses_nothing_that_was_typed(broken, service, caplog):
    with caplog.at_level(logging.DEBUG):
        response = broken.post(address(service), data={"kind": "other", "note": "Mon secret."})

    assert response.status_code == 503
    assert "Mon secret." in response.text
    assert re.search(r'<input checked [^>]*value="other"', response.text)
    assert has_help_lines(response.text)
    assert "Mon secret" not in caplog.text
    assert "feedback_not_kept" in caplog.text


def test_a_need_that_no_database_takes_comes_back(broken):
    response = broken.post("/fr/unmet-need", data=NEED)

    assert response.status_code == 503
    assert "emergency_shelter" in chosen(response.text)


def test_other_pages_notice_nothing_of_a_broken_database(broken, service):
    assert broken.get(f"/fr/services/{service.id}").status_code == 200


@pytest.mark.parametrize("path", [f"/fr/services/{OFFICE.id}/fix", "/en/unmet-need"])
def test_without_a_database_the_page_says_so_plainly(no_database, path):
    response = no_database.get(path)

    assert response.status_code == 503
    assert "<textarea" not in response.text
    assert has_help_lines(response.text)


def test_without_a_database_no_form_is_announced(no_database):
    assert "Ten seconds" not in no_database.get("/en/unmet-need").text


def test_without_a_database_what_was_typed_comes_back(no_database):
    response = no_database.post(f"/fr/services/{OFFICE.id}/fix", data={"kind": "phone", "note": "Mon texte."})

    assert response.status_code == 503
    assert "Mon texte." in response.text
    assert "Rien n’a été gardé" in response.text


@pytest.mark.parametrize("path", ["/fr/unmet-need", "/fr/unmet-need/sent"])
def test_no_cookie_is_set_and_nothing_is_stored(client, service, path):
    headers = client.get(path).headers

    assert "Set-Cookie" not in headers
    assert headers["Cache-Control"] == "no-store"


def test_a_turn_to_write_that_does_not_come_loses_nothing_that_was_typed(client, service, monkeypatch):
    def never(_session):
        raise TooLongAWaitError

    monkeypatch.setattr(feedback_views, "writing", never)
    response = client.post(address(service), data={"kind": "other", "note": "Mon texte."})

    assert response.status_code == 503
    assert "Mon texte." in response.text
