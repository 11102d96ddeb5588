"""What looks like the same thing twice, and what does not."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from referral.catalogue.importing import import_catalogue
from referral.catalogue.vetting_models import Entity, NotDuplicate
from referral.partners.duplicates import (
    Side,
    Sign,
    compare,
    find_pairs,
    list_suspected,
    page_of,
    read_organizations,
    read_services,
)
from referral.shared.bilingual import Bilingual
from referral.shared.database import writing
from tests.edition.conftest import Directory
from tests.partners.vetters import count, plain, seat

NUMBER, OTHER_NUMBER = frozenset({"+15145550100"}), frozenset({"+15145550199"})


def side(name="Écoute Exemple", owner="Organisme Exemple", **more):
    usual = {
        "id": uuid.uuid4(),
        "kind": Entity.SERVICE,
        "name": Bilingual(name, None),
        "owner_id": uuid.uuid4(),
        "owner": Bilingual(owner, None),
        "phones": NUMBER,
        "page": None,
        "email": None,
        "regions": frozenset({"06"}),
    }
    return Side(**(usual | more))


@pytest.mark.parametrize("name", ["ECOUTE EXEMPLE", "Exemple, écoute", "Écoute Exemples", "Ecoute-Exemple"])
def test_the_same_name_is_known_however_it_is_written(name):
    assert Sign.NAME in compare(side(), side(name))


def test_names_are_compared_across_languages():
    first = side(name="Example Listening", owner="Organisme Exemple")
    second = replace(side(), name=Bilingual("Écoute Exemple", "Example Listening"))

    assert Sign.NAME in compare(first, second)


@pytest.mark.parametrize(
    "other",
    [
        side("Transport", owner="Société Exemple"),
        side(regions=frozenset({"11"})),
        side(phones=OTHER_NUMBER),
    ],
    ids=["another name", "another region", "another number"],
)
def test_what_differs_in_what_matters_is_not_suspected(other):
    assert compare(side(), other) == ()


def test_services_of_one_organization_share_a_number_without_being_one():
    owner = uuid.uuid4()

    assert compare(side(owner_id=owner), side("Hébergement Exemple", owner_id=owner)) == ()


def test_what_is_shared_is_said():
    page = "exemple.example/aide?"
    assert compare(side(page=page), side(page=page)) == (Sign.NAME, Sign.PHONE, Sign.WEBSITE)


@pytest.mark.parametrize(
    "address",
    ["https://www.exemple.example/aide/", "http://exemple.example/aide", "https://EXEMPLE.example/aide"],
)
def test_one_page_is_one_however_its_address_is_written(address):
    assert page_of(address) == "exemple.example/aide?"


def test_two_organizations_of_one_name_are_suspected():
    first, second = (side("Organisme Exemple", kind=Entity.ORGANIZATION) for _ in range(2))

    assert len(find_pairs([first, second])) == 1


def test_few_pairs_of_the_real_catalogue_are_suspected(session):
    session.rollback()
    with writing(session):
        import_catalogue(session, Path("data/catalogue"), "test")
    services, organizations = read_services(session), read_organizations(session)

    assert len(find_pairs(services)) + len(find_pairs(organizations)) <= 8
    assert len(services) > 400


def test_what_was_told_apart_is_suspected_no_more(app, session):
    directory = Directory(session)
    for _ in range(2):
        directory.add("Écoute et soutien Exemple")
    desk = seat(app, session)
    session.rollback()
    pair = next(each for each in list_suspected(session) if each.first.kind is Entity.SERVICE)
    desk.post(f"/pairs/{pair.second.id}/{pair.first.id}/apart")
    session.rollback()

    assert [each.first.kind for each in list_suspected(session)] == [Entity.ORGANIZATION] * len(
        list_suspected(session)
    )
    assert count(session, NotDuplicate) == 1


def test_a_pair_is_shown_with_what_it_has_in_common(app, session):
    directory = Directory(session)
    for _ in range(2):
        directory.add("Écoute et soutien Exemple")
    desk = seat(app, session)

    assert "Deux fiches ont ceci en commun : des noms semblables" in plain(desk.get("/queue").text).replace(
        "\u00a0", " "
    )
