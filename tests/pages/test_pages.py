from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from referral.directory.needs import GROUPS
from tests.pages.addresses import READ
from tests.pages.example import SHELTER

TELLING = ("traite", "victim", "violence", "traffick", "shelter", "hébergement", "exploit", "refuge")
LOADING = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "form": "action"}


class Reader(HTMLParser):
    """Notes what a page loads, its headings, ids, labels and descriptions."""

    def __init__(self):
        super().__init__()
        self.title, self.language, self.inside = "", None, []
        self.loaded, self.headings, self.ids, self.pointed = [], [], [], []
        self.inline, self.links = [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.inside.append(tag)
        if tag == "html":
            self.language = given["lang"]
        if tag in LOADING and LOADING[tag] in given:
            self.loaded.append(given[LOADING[tag]])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if "id" in given:
            self.ids.append(given["id"])
        for name in ("for", "aria-describedby", "aria-labelledby"):
            self.pointed += (given.get(name) or "").split()
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        if tag == "script" and "src" not in given:
            self.inline.append("script")
        if tag == "a":
            self.links.append(given)

    def handle_data(self, data):
        if self.inside and self.inside[-1] == "title":
            self.title += data.strip()

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop() != tag:
            pass


def read(client, language, path):
    reader = Reader()
    response = client.get(f"/{language}{path}")
    reader.feed(response.text)
    reader.text = response.text
    return reader


@pytest.fixture(params=READ, ids="".join)
def page(request, client):
    return read(client, *request.param)


def test_a_page_says_its_language(client):
    assert (read(client, "fr", "/").language, read(client, "en", "/").language) == ("fr", "en")


def test_the_title_tells_nothing_to_who_looks_over_a_shoulder(page):
    assert page.title.endswith("Relais")
    assert not [word for word in TELLING if word in page.title.lower()]


def test_everything_that_a_page_loads_is_ours(page):
    assert page.loaded
    assert [address for address in page.loaded if not re.match("/(?!/)", address)] == []


def test_nothing_is_inline(page):
    assert page.inline == []


def test_headings_begin_at_one_and_skip_none(page):
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in zip(page.headings, page.headings[1:], strict=False))


def test_an_id_is_there_once_and_what_points_points_somewhere(page):
    assert len(set(page.ids)) == len(page.ids)
    assert set(page.pointed) <= set(page.ids)


def test_the_exit_is_a_real_link_on_every_page(page):
    exits = [link for link in page.links if "data-leave" in link]

    assert len(exits) >= 2
    assert all(link["href"].startswith("https://") for link in exits)
    assert all("noreferrer" in link["rel"] for link in exits)


def test_the_number_for_danger_is_on_every_page(page):
    assert 'href="tel:911"' in page.text


def test_a_link_to_another_site_tells_it_nothing(page):
    outside = [link for link in page.links if link["href"].startswith("http")]

    assert [link["href"] for link in outside if "noreferrer" not in link.get("rel", "")] == []


def test_there_is_no_address_for_mail(page):
    assert [link["href"] for link in page.links if link["href"].startswith("mailto:")] == []


def is_the_same(address, path):
    """Say whether an address is that of a page; what it asks is sealed."""
    if "?" not in path or path.partition("?")[2].startswith(("page=", "u=")):
        return address == path
    return re.fullmatch(rf"{re.escape(path.partition('?')[0])}\?s=[\w-]+", address)


def test_every_page_leads_to_itself_in_the_other_language(client):
    for language, path in READ:
        other = "en" if language == "fr" else "fr"
        links = {
            link["hreflang"]: link["href"]
            for link in read(client, language, path).links
            if "hreflang" in link
        }
        assert list(links) == [other]
        assert is_the_same(links[other], f"/{other}{path}")


def test_no_page_leaves_a_message_untranslated(client):
    english = {"Search", "Quick exit", "Call", "Skip to main content", "Someone to talk to, now"}

    for language, path in READ:
        if language == "fr":
            shown = set(re.findall(r">\s*([^<>]+?)\s*<", read(client, language, path).text))
            assert not english & shown


def test_text_in_the_other_language_is_marked(client):
    assert (
        '<span lang="fr">Maison d’hébergement Exemple</span>' in client.get(f"/en/services/{SHELTER.id}").text
    )
    assert '<span lang="fr">' not in client.get(f"/fr/services/{SHELTER.id}").text


def test_every_kind_of_help_has_its_place_on_the_start_page():
    from referral.catalogue.vocabulary import TAXONOMIES  # noqa: PLC0415

    shown = [code for _, codes in GROUPS for code in codes]

    assert sorted(shown) == sorted(TAXONOMIES["categories"])


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("fr-CA,fr;q=0.9", "fr"), ("en-CA", "en"), ("es", "fr"), ("", "fr"), ("fr;q=0.5,en;q=0.5", "fr")],
)
def test_the_site_opens_in_the_language_of_the_browser_french_first(client, accepted, language):
    response = client.get("/", headers={"Accept-Language": accepted})

    assert response.headers["Location"] == f"/{language}/"
    assert "Accept-Language" in response.headers["Vary"]


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        (None, "Pages ask nothing of any other site."),
        ("https://tiles.example", "tiles.example, which can see"),
    ],
)
def test_the_page_on_privacy_names_the_one_host_that_an_operator_may_declare(
    app, client, monkeypatch, host, sentence
):
    monkeypatch.setitem(app.config, "MAP_TILES_HOST", host)

    assert sentence in client.get("/en/privacy").text


@pytest.mark.parametrize("contact", [None, "514 555-0100"])
@pytest.mark.parametrize("path", ["/fr/privacy", "/fr/accessibility"])
def test_who_answers_is_named_where_the_operator_said_so(app, client, monkeypatch, path, contact):
    monkeypatch.setitem(app.config, "OPERATOR_CONTACT", contact)

    assert ("514 555-0100" in client.get(path).text) is (contact is not None)


def test_listings_are_counted_by_their_step_of_trust(client, edition):
    text = client.get("/en/about").text
    steps = [each.trust for each in edition.listings]

    for word, step in (("Public information", "sourced"), ("Confirmed", "verified"), ("Vetted", "vetted")):
        assert re.search(rf'{word}\s*<span class="note">{steps.count(step)}</span>', text)
