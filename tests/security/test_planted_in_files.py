"""Secrets planted in every sealed place of a file are looked for wherever they must not be."""

from __future__ import annotations

import base64
import json
import logging
import re
from datetime import timedelta
from urllib.parse import quote

import pytest
import sqlalchemy as sa
import time_machine

from referral.accounts.models import User
from referral.edition.builder import build_edition
from referral.mail.models import CasesOutbox, Outbox
from referral.mail.sealing import open_sealed
from referral.shared import tick
from referral.shared.clock import now
from referral.shared.database import CASES, DIRECTORY, KEYS, CasesBase, cases_session
from tests.conftest import ON_ONE_BACKEND
from tests.edition.conftest import Directory
from tests.intake.filing import make_house
from tests.security.planting import STEM, find, list_sealed, plant, written
from tests.security.walking import STRANGERS, Scene, everything, raw

SENT = "packet_item.sealed"
"""What the receiver may read; the answer that it was copied from changed since."""
SAID = {"referral_message.sealed", "referral_event.sealed"}
"""What both sides of a referral wrote to each other."""
AREAS = ("cases.", "referrals.")
BOTH = ("GET", "POST")
ADDRESSES = re.compile(
    r'\b(?:href|src|action|formaction|poster|data-[a-z-]+)="([^"]*)"|<title>(.*?)</title>', re.DOTALL
)


@pytest.fixture
def scene(app, client, session):
    """A file with a secret in every sealed place, sent in part to another organization."""
    house, receiver = make_house(session), make_house(session, "Refuge Exemple")
    return Scene(app, session, house, receiver, plant(house, receiver))


@pytest.fixture
def mail(app, tmp_path, monkeypatch):
    """A folder that letters go to."""
    monkeypatch.setitem(app.config, "MAIL_DIR", tmp_path / "mail")
    monkeypatch.setitem(app.config, "MAIL_FROM", "relais@relais.example")
    monkeypatch.setitem(app.config, "AUDIT_WITNESS", tmp_path / "witness.json")
    return tmp_path / "mail"


def test_every_sealed_place_has_a_secret_of_its_own(scene):
    planted = scene.planted
    places = {place.partition("#")[0] for place in planted.secrets}

    assert places == list_sealed()
    assert len(set(planted.secrets.values())) == len(planted.secrets)


def test_every_sealed_column_is_filled(scene):
    session = cases_session()
    for table in CasesBase.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, sa.LargeBinary) and table.name != "outbox":
                filled = sa.select(sa.func.count()).select_from(table).where(column.is_not(None))
                assert session.scalar(filled), column


def test_every_thing_that_an_address_of_files_names_is_one_of_those_planted(scene):
    names = {
        name
        for rule in scene.app.url_map.iter_rules()
        if rule.endpoint.startswith(AREAS)
        for name, converter in rule._converters.items()  # noqa: SLF001
        if type(converter).__name__ == "UUIDConverter"
    }

    assert names - scene.planted.ids.keys() == set()


CODINGS = {
    "plain": str.encode,
    "in an address": lambda text: quote(f"a b {text}").encode(),
    "in JSON": lambda text: json.dumps({"text": f"a {text}"}).encode(),
    "on two bytes": lambda text: f"a {text}".encode("utf-16"),
    "as entities": lambda text: text.encode("ascii", "xmlcharrefreplace"),
    "in base64": lambda text: base64.b64encode(f"a {text} b".encode()),
    "in base64, one further": lambda text: base64.b64encode(f"ab {text} b".encode()),
    "in base64, two further": lambda text: base64.urlsafe_b64encode(f"abc {text} b".encode()),
    "in hex": lambda text: text.encode().hex().upper().encode(),
}


@pytest.mark.parametrize("coding", CODINGS)
def test_a_secret_that_is_there_is_found_in_every_coding(coding):
    secret = f"{STEM}-01-É"

    assert find(CODINGS[coding](secret), {"here": secret, "elsewhere": f"{STEM}-02-É"}) == {"here"}


@ON_ONE_BACKEND
@pytest.mark.parametrize("who", STRANGERS)
def test_nobody_else_sees_any_of_it_on_any_page(scene, who):
    pages = list(scene.walk(scene.stranger(who), BOTH))

    assert len(pages) > 100
    assert scene.seen(pages) == set()


@ON_ONE_BACKEND
@pytest.mark.parametrize("who", [*STRANGERS, "receiver"])
def test_to_anyone_else_a_file_is_not_there_at_all(scene, who):
    browser = scene.enter(scene.receiver.lead) if who == "receiver" else scene.stranger(who)
    pages = of_a_file(scene, {"case_id"} if who == "receiver" else {"case_id", "referral_id"})
    statuses = {answer.status_code for _endpoint, answer in scene.walk(browser, BOTH, pages)}

    assert len(pages) > 5
    assert statuses <= {404, 405}


def of_a_file(scene, names):
    """Return the pages whose address names a file, or a referral of it."""
    return frozenset(
        rule.endpoint
        for rule in scene.app.url_map.iter_rules()
        if rule.endpoint.startswith(AREAS) and names & rule.arguments
    )


@ON_ONE_BACKEND
def test_whoever_does_not_sign_in_sees_none_of_it(scene):
    assert scene.seen(scene.walk(scene.app.test_client(), BOTH)) == set()


@ON_ONE_BACKEND
@pytest.mark.parametrize("who", ["worker", "lead"])
def test_a_receiver_sees_what_was_sent_and_nothing_else(scene, who):
    seen = {place for _endpoint, place in scene.seen(scene.walk(scene.enter(getattr(scene.receiver, who))))}

    assert {place.partition("#")[0] for place in seen} == {SENT, *SAID}
    assert [place for place in seen if "private" in place] == []


def test_whoever_has_the_link_and_its_code_learns_nothing_of_her(scene):
    browser, path = scene.app.test_client(), f"/fr/answer/{scene.planted.ids['link_token']}"
    token = re.search(r'name="csrf_token"\s+value="([^"]+)"', browser.get(path).text)[1]
    answer = browser.post(f"{path}/code", data={"csrf_token": token, "code": scene.planted.link_code})

    assert "santé sexuelle" in answer.text.lower()
    assert find(everything(answer), scene.planted.secrets) == set()


@ON_ONE_BACKEND
def test_a_worker_of_the_house_sees_nothing_of_the_register_of_incidents(scene):
    found = {place for _endpoint, place in scene.seen(scene.walk(scene.enter(scene.house.worker)))}

    assert found, "a search that finds nothing where something is shown proves nothing"
    assert {place for place in found if place.startswith("incident")} == set()


@ON_ONE_BACKEND
@pytest.mark.parametrize("who", ["worker", "lead"])
def test_no_address_title_or_header_of_whoever_may_see_it_tells_any_of_it(scene, who):
    told = set()
    for endpoint, answer in scene.walk(scene.enter(getattr(scene.house, who))):
        parts = [
            "".join(found.groups("")) for found in ADDRESSES.finditer(answer.data.decode(errors="replace"))
        ]
        content = "\n".join([str(answer.headers), *parts])
        told |= {(endpoint, place) for place in find(content, scene.planted.secrets)}

    assert told == set()


@ON_ONE_BACKEND
@pytest.mark.parametrize("who", ["worker", "lead"])
def test_no_log_of_whoever_may_see_it_tells_any_of_it(scene, who, capfd):
    logging.getLogger("referral").setLevel(logging.INFO)
    try:
        pages = list(scene.walk(scene.enter(getattr(scene.house, who)), BOTH))
    finally:
        logging.getLogger("referral").setLevel(scene.app.config["LOG_LEVEL"].upper())
    log = "".join(capfd.readouterr())

    assert log.count('"request"') >= len(pages) > 100
    assert find(log, scene.planted.secrets) == set()
    assert [name for name, each in scene.planted.ids.items() if str(each) in log] == []


@ON_ONE_BACKEND
def test_a_fault_tells_none_of_it_on_the_page_or_in_the_log(scene, monkeypatch, capfd):
    def fail(**_values):
        raise RuntimeError(" ".join(scene.planted.secrets.values()))

    monkeypatch.setitem(scene.app.config, name="PROPAGATE_EXCEPTIONS", value=False)
    monkeypatch.setitem(scene.app.view_functions, "cases.list_agreements", fail)
    answer = scene.enter(scene.house.lead).get("/fr/cases/agreements")
    log = "".join(capfd.readouterr())

    assert answer.status_code == 500
    assert "RuntimeError" in log
    assert find(everything(answer), scene.planted.secrets) == set()
    assert find(log, scene.planted.secrets) == set()


def test_no_letter_about_it_tells_any_of_it(scene, mail):
    for user in scene.session.scalars(sa.select(User)):
        user.email = f"{user.id}@exemple.example"
    scene.session.commit()
    letters = []
    for days in (1, 3, 10, 31, 100):
        with time_machine.travel(now().replace(hour=16) + timedelta(days=days), tick=False):
            letters += run_jobs(scene)
    paths = list(mail.rglob("*"))

    assert letters
    assert paths
    assert find("\n".join([*letters, *map(str, paths)]), scene.planted.secrets) == set()
    assert [path for path in paths if find(path.read_bytes(), scene.planted.secrets)] == []


def run_jobs(scene):
    """Do what is done by itself; yield every letter, before it leaves."""
    for job in tick.list_jobs():
        yield from open_letters(scene.session)
        scene.session.rollback()
        job.run(now())


def open_letters(session):
    """Return the text of every letter in both outboxes."""
    rows = [
        *session.scalars(sa.select(Outbox.sealed)),
        *cases_session().scalars(sa.select(CasesOutbox.sealed)),
    ]
    cases_session().rollback()
    return [str(open_sealed(row)) for row in rows if row]


@pytest.mark.parametrize("name", [DIRECTORY, CASES, KEYS])
def test_no_database_holds_any_of_it_in_any_coding(scene, name):
    assert {place for content in raw(name) for place in find(content, scene.planted.secrets)} == set()


@pytest.mark.parametrize("name", [CASES, KEYS])
def test_what_is_looked_through_is_where_the_rows_are(scene, name):
    case_id = scene.planted.ids["case_id"]
    content = b"".join(raw(name))

    assert str(case_id).encode() in content or case_id.hex.encode() in content


def test_neither_an_edition_nor_the_name_of_a_file_holds_any_of_it(scene):
    editions = scene.app.config["EDITION_DIR"]
    Directory(scene.session).add("Service Exemple")
    build_edition(scene.session, editions, published_from="sourced", kept=3)
    paths = [path for path in editions.parent.rglob("*") if path.is_file()]

    assert [path for path in paths if path.is_relative_to(editions)]
    assert find("\n".join(map(str, paths)), scene.planted.secrets) == set()
    assert [path for path in paths if find(path.read_bytes(), scene.planted.secrets)] == []


COMMANDS = ("unmet-needs", "flags", "mail", "permissions", "audit verify", "edition show", "doctor")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_console_tells_none_of_it(scene, command):
    scene.session.rollback()
    result = scene.app.test_cli_runner().invoke(args=["relais", *command.split()])

    assert result.output
    assert find(result.output, scene.planted.secrets) == set()


def test_secrets_are_written_in_enough_ways():
    assert len(written(f"{STEM}-01-É")) >= 12
