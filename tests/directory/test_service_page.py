from __future__ import annotations

import re
import uuid

import pytest
import time_machine

from tests.pages.example import OFFICE, PROVINCIAL, SHELTER, SILENT, make_listing


def page_of(client, listing, language="fr"):
    text = client.get(f"/{language}/services/{listing.id}").text
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


def test_all_numbers_are_there_the_toll_free_one_first(client):
    page = page_of(client, SHELTER)

    assert page.index("tel:+18005550142") < page.index("tel:+14505550142")


def test_who_can_be_admitted_is_said_yes_and_no(client):
    page = page_of(client, SHELTER)

    assert "Accepte les enfants avec leur parent : <strong>oui</strong>" in page
    assert "Accepte les animaux : <strong>non</strong>" in page
    assert "18 ans et plus" in page


def test_unknown_is_not_no(client):
    assert "Accepte les hommes" not in page_of(client, SHELTER)


def test_what_nobody_knows_is_listed_to_be_asked(client):
    page = page_of(client, SILENT)

    unknown = page.split("Ce qu’on ne sait pas : demandez-le au téléphone")[1].split("</section>")[0]
    for words in ("les heures", "l’admission :", "les langues parlées", "le coût", "l’accessibilité"):
        assert f"<li>{words}" in unknown


def test_a_row_of_what_is_not_known_is_left_out(client):
    page = page_of(client, SILENT)

    assert "<dt>Langues</dt>" not in page
    assert "<dt>Langues</dt>" in page_of(client, SHELTER)


def test_one_has_words_to_call_with_that_tell_nothing(client):
    page = page_of(client, SHELTER)
    script = page.split("Quoi dire en appelant")[1].split("</section>")[0]

    assert script.count("<li>") == 3
    assert not [word for word in ("traite", "violence", "hébergement", "victime") if word in script.lower()]


def test_a_mail_address_is_text(client, edition, monkeypatch):
    listing = make_listing("courriel", email="bonjour@exemple.example")
    monkeypatch.setattr(edition, "position_of", lambda _: 0)
    monkeypatch.setattr(edition, "listing", lambda _: listing)

    page = page_of(client, listing)
    assert "bonjour@exemple.example" in page
    assert "mailto:" not in page


def test_a_listing_can_be_corrected(client):
    assert f'href="/fr/services/{SHELTER.id}/fix"' in page_of(client, SHELTER)


def test_hours_that_nobody_knows_are_said_so_at_the_top(client):
    top = page_of(client, SILENT).split('class="standing')[0]

    assert "Heures non connues" in top


def test_languages_are_told_apart_by_mode(client):
    page = page_of(client, SHELTER)

    assert "Parlées par le personnel : français et espagnol" in page
    assert "Par interprète : arabe" in page


def test_a_confidential_address_is_a_region(client):
    assert "Adresse confidentielle. Région : Laval" in page_of(client, SHELTER)


def test_an_address_that_may_be_known_is_shown(client):
    assert "1000, rue de l’Exemple, Montréal, H2X 1X1" in page_of(client, OFFICE)


def test_public_information_says_so_with_its_age(client):
    with time_machine.travel("2026-11-24T12:00:00-05:00", tick=False):
        page = page_of(client, SHELTER)

    assert "Information publique, pas encore confirmée par l’organisme : appelez avant." in page
    assert "Information publiée il y a 12 mois." in page


def test_confirmation_is_dated(client):
    with time_machine.travel("2027-03-24T12:00:00-04:00", tick=False):
        assert "Confirmée le 24 novembre 2026 (il y a 4 mois)." in page_of(client, OFFICE)


def test_a_source_is_named_with_its_date(client):
    page = page_of(client, SHELTER)

    assert 'href="https://source.example/page"' in page
    assert "novembre 2025" in page


def test_a_listing_without_a_number_leads_to_who_can_help(client):
    top = page_of(client, SILENT).split('class="standing')[0]

    assert f"/services/{PROVINCIAL.id}" in top
    assert "tel:+18005550199" in top


def test_who_leads_to_it_is_named_even_without_a_number(client, edition, monkeypatch):
    mute = make_listing("muette", phones=())
    listing = make_listing("ailleurs", phones=(), fallback=mute.organization)
    monkeypatch.setattr(edition, "position_of", lambda _: 0)
    monkeypatch.setattr(edition, "listing", lambda _: listing)

    assert f"/organizations/{mute.organization.id}" in page_of(client, listing)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-24T10:00:00-05:00", "Ouvert maintenant"),
        ("2026-11-24T22:00:00-05:00", "Fermé en ce moment"),
        ("2026-12-25T10:00:00-05:00", "Jour férié"),
    ],
)
def test_openness_is_judged_now(client, moment, words):
    with time_machine.travel(moment, tick=False):
        assert words in page_of(client, OFFICE)


def test_hours_of_today_are_said(client):
    with time_machine.travel("2026-11-24T10:00:00-05:00", tick=False):
        assert "Aujourd’hui : de 8 h 30 à 16 h 30" in page_of(client, OFFICE)


@pytest.mark.parametrize("place", ["services", "organizations"])
def test_what_is_not_in_the_edition_is_not_found(client, place):
    assert client.get(f"/fr/{place}/{uuid.uuid4()}").status_code == 404


def test_an_organization_shows_its_services(client):
    page = client.get(f"/fr/organizations/{OFFICE.organization.id}").text

    assert f"s-{OFFICE.id}" in page
    assert "L’organisme a confirmé cette information." in page


def test_the_edition_has_its_date(client):
    assert "Répertoire à jour le 24 novembre 2026" in page_of(client, SHELTER)
