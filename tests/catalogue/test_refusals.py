from __future__ import annotations

import pytest

from referral.catalogue.checking import ValuesRefusedError
from referral.catalogue.listing import PhoneNumber, Text
from referral.catalogue.naming import holds_name, without_name
from referral.catalogue.refusals import (
    NAME,
    PHONE,
    check_not_refused,
    key_check,
    mark_of,
    name_mark,
    phone_mark,
    read_register,
)
from referral.catalogue.vetting_models import DoNotList, DoNotListMark, RefusalKind, RefusalReason
from referral.shared.clock import now
from referral.shared.database import writing

NUMBER = "+15145550142"


def refuse(session, kind, name=None, number=None):
    with writing(session):
        entry = DoNotList(
            kind=kind,
            reason=RefusalReason.ASKED,
            recorded_by="Robin Exemple",
            recorded_at=now(),
            key_check=key_check(),
        )
        if name:
            mark, words = name_mark(name)
            entry.marks.append(DoNotListMark(subject=NAME, words=words, mark=mark))
        if number:
            entry.marks.append(DoNotListMark(subject=PHONE, words=0, mark=phone_mark(number)))
        session.add(entry)


@pytest.mark.parametrize(
    "text",
    ["Alex Exemple", "Demandez ALEX  EXEMPLE à l’accueil", "Exemple, Alex", "alex.exemple@exemple.example"],
)
def test_a_person_who_refuses_is_found_however_she_is_named(session, text):
    refuse(session, RefusalKind.PERSON, "Alex Exemple")

    with pytest.raises(ValuesRefusedError, match="a person"):
        check_not_refused(session, {"description": Text(text, None)})


def test_a_name_without_its_accents_is_the_same_name(session):
    refuse(session, RefusalKind.PERSON, "Andréa Exemple-Côté")

    with pytest.raises(ValuesRefusedError):
        check_not_refused(session, {"description": Text(None, "Ask for Andrea Exemple Cote.")})


@pytest.mark.parametrize("text", ["Alex répond. Exemple de service.", "Exemplaire Alex", "Alexe Exemple"])
def test_words_that_are_not_the_name_are_not_refused(session, text):
    refuse(session, RefusalKind.PERSON, "Alex Exemple")

    check_not_refused(session, {"description": Text(text, None)})


def test_an_organization_that_refuses_is_not_refused_where_it_is_only_mentioned(session):
    refuse(session, RefusalKind.ORGANIZATION, "Maison Exemple")
    check_not_refused(session, {"description": Text("Avec la Maison Exemple.", None)})

    with pytest.raises(ValuesRefusedError, match="this organization"):
        check_not_refused(session, {"name": Text("Maison Exemple – écoute", None)})


@pytest.mark.parametrize(
    "value",
    [(PhoneNumber(NUMBER, "voice"),), Text("Appelez le 514 555-0142.", None), Text(None, "(514) 555-0142")],
)
def test_a_number_is_found_in_its_field_and_in_words(session, value):
    refuse(session, RefusalKind.ORGANIZATION, number=NUMBER)

    with pytest.raises(ValuesRefusedError, match="telephone"):
        check_not_refused(session, {"phones": value})


def test_what_ended_refuses_no_more(session):
    refuse(session, RefusalKind.PERSON, "Alex Exemple")
    with writing(session):
        session.query(DoNotList).one().ended_at = now()

    assert not read_register(session)


def test_the_register_holds_nothing_that_can_be_read(session):
    refuse(session, RefusalKind.PERSON, "Alex Exemple", NUMBER)
    kept = " ".join(str(row.mark) + row.subject for row in session.query(DoNotListMark))

    assert "alex" not in kept.lower()
    assert "5550142" not in kept


def test_another_key_gives_other_marks(app, session, monkeypatch):
    before = mark_of(NAME, "alex exemple")
    monkeypatch.setitem(app.config, "SECRET_KEY", "another-key-for-tests-0123456789-abc")

    assert mark_of(NAME, "alex exemple") != before


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Demandez Alex Exemple.", "Demandez ."),
        ("EXEMPLE Alex, accueil", ", accueil"),
        ("Rien", "Rien"),
        ("Alex Exemple", ""),
    ],
)
def test_a_name_leaves_a_text_and_the_rest_stays(text, left):
    assert without_name(text, "Alex Exemple") == left


def test_no_name_is_in_no_text():
    assert not holds_name("Alex Exemple", " – ")
