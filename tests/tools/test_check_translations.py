from __future__ import annotations

from babel.messages.catalog import Catalog

from tools.check_translations import faults


def catalogue(**messages: str) -> Catalog:
    made = Catalog(locale="fr")
    for text, translation in messages.items():
        made.add(text, translation)
    return made


def test_a_complete_catalogue_has_no_fault():
    assert list(faults(catalogue(Call=""), catalogue(Call="Appeler"))) == []


def test_a_message_that_the_catalogue_does_not_have_is_a_fault():
    assert list(faults(catalogue(Call=""), catalogue())) == ["not in the French catalogue: 'Call'"]


def test_a_message_without_translation_is_a_fault():
    assert list(faults(catalogue(Call=""), catalogue(Call=""))) == ["not translated, or only guessed: 'Call'"]


def test_a_guessed_translation_is_a_fault():
    french = Catalog(locale="fr")
    french.add("Call", "Appeler", flags=["fuzzy"])

    assert list(faults(catalogue(Call=""), french)) == ["not translated, or only guessed: 'Call'"]


def test_a_translation_that_no_code_asks_for_is_a_fault():
    assert list(faults(catalogue(), catalogue(Call="Appeler"))) == ["no longer asked for by the code: 'Call'"]


def test_a_plural_without_its_second_form_is_a_fault():
    wanted, french = Catalog(locale="fr"), Catalog(locale="fr")
    wanted.add(("one", "many"), ("", ""))
    french.add(("one", "many"), ("un", ""))

    assert list(faults(wanted, french)) == ["not translated, or only guessed: 'one'"]
