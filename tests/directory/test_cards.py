from __future__ import annotations

import re

import pytest

from tests.pages.example import OFFICE, PROVINCIAL, SHELTER, SILENT


def card(client, listing, path):
    page = client.get(path).text
    found = re.search(rf'<article class="card"\s+id="s-{listing.id}"[^>]*>(.*?)</article>', page, re.DOTALL)
    return re.sub(r"\s+", " ", found[1]).replace("\u00a0", " ")


def test_the_toll_free_number_is_the_one_to_call(client):
    shown = card(client, SHELTER, "/fr/services?near=Laval")

    assert 'href="tel:+18005550142"' in shown
    assert "1 800 555-0142" in shown


def test_a_number_to_write_to_is_there_too(client):
    assert 'href="sms:535353"' in card(client, PROVINCIAL, "/fr/services?need=helpline")


def test_without_a_number_the_card_says_so_and_whom_to_ask(client):
    shown = card(client, SILENT, "/fr/services?need=transitional_housing")

    assert "Aucun numéro de téléphone connu" in shown
    assert PROVINCIAL.organization.id in shown


def test_what_nobody_confirmed_says_call_first(client):
    assert "Information publique : appelez avant" in card(client, SHELTER, "/fr/services?near=Laval")


def test_what_was_confirmed_says_so(client):
    shown = card(client, OFFICE, "/fr/services?q=clinique")

    assert "Confirmée par l’organisme" in shown
    assert "appelez avant" not in shown


def test_the_distance_to_a_confidential_place_is_a_band(client):
    shown = card(client, SHELTER, "/fr/services?near=Montr%C3%A9al&need=emergency_shelter")

    assert "à moins de 25 km" in shown
    assert not re.search(r"à \d", shown)


def test_kilometres_within_the_town_asked_are_not_given(client):
    assert not re.search(r"\d\s?km\b", card(client, OFFICE, "/fr/services?near=Montr%C3%A9al&q=clinique"))


def test_the_distance_to_a_public_address_is_about_right(client):
    assert "à environ 12 km" in card(client, OFFICE, "/fr/services?near=Laval&q=clinique")


def test_without_a_number_the_web_site_is_there(client):
    assert 'href="https://reseau.example/"' in card(client, SILENT, "/fr/services?need=transitional_housing")


def test_what_is_said_of_people_follows_the_vocabulary(client):
    shown = card(client, SHELTER, "/fr/services?near=Laval")

    assert shown.index("Femmes") < shown.index("Enfants")


def test_always_open_is_said(client):
    assert "Ouvert 24 h/24" in card(client, SHELTER, "/fr/services?near=Laval")


def test_unknown_hours_are_not_closed(client):
    shown = card(client, SILENT, "/fr/services?need=transitional_housing")

    assert "Heures non connues" in shown
    assert "Fermé" not in shown


def test_languages_that_one_would_not_expect_are_named(client):
    shown = card(client, SHELTER, "/fr/services?near=Laval")

    assert "espagnol" in shown
    assert "français" not in shown


def test_a_card_names_one_kind_of_help_for_whom_and_languages(client):
    assert "Hébergement d’urgence · Femmes, Enfants · arabe, espagnol" in card(
        client, SHELTER, "/fr/services?near=Laval"
    ).replace("espagnol, arabe", "arabe, espagnol")


def test_what_nobody_knows_is_named_to_be_asked(client):
    shown = card(client, OFFICE, "/fr/services?q=clinique&pets=true&children=true&child_age=4")

    assert "À demander : enfants, animaux." in shown


def test_words_that_nobody_typed_are_no_reason(client):
    assert "vos mots" not in card(client, SHELTER, "/fr/services?near=Laval&lang=es")
    assert "Répond en partie à vos mots." in card(client, SHELTER, "/fr/services?q=hébergement+avocat")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/fr/services?need=emergency_shelter", "Dessert : Laval"),
        ("/en/services?need=emergency_shelter", "Serves Laval"),
    ],
)
def test_the_territory_is_named(client, path, words):
    assert words in card(client, SHELTER, path)
