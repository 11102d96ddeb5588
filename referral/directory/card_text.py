"""Cards as HTML, kept while nothing that they say changes: the edition, the language, and what was found.

What a page carries along (the sealed search and list) is not in what is kept: a mark stands for it.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, current_app, g, get_template_attribute, url_for
from markupsafe import Markup, escape

from referral.catalogue.listing import Text
from referral.directory.cards import Card, make_card
from referral.directory.reading import Readable
from referral.geo.places import KnownPlace
from referral.i18n.locale import current_language
from referral.search.query import Hit

MOST_KEPT = 4_000
"""About 2 kB each."""
CARRIED = f"?{secrets.token_hex(16)}"
"""Drawn anew by each process: no listing can hold it and so take the reader's seals along in a link."""
EXTENSION = "relais.cards"


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card with its text rendered."""

    id: str
    area: str | None
    name: Text
    text: Markup


class CardKeeper:
    """The cards rendered last; safe among threads, which may at worst render one twice."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, ShownCard] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> ShownCard | None:
        """Return what is kept under a key, as the last one used."""
        with self._lock:
            card = self._kept.get(key)
            if card is not None:
                self._kept.move_to_end(key)
            return card

    def keep(self, key: Hashable, card: ShownCard) -> None:
        """Keep one more, and forget the one that was not used for the longest."""
        with self._lock:
            self._kept[key] = card
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)


def show_card(edition: Readable, hit: Hit, near: KnownPlace | None) -> ShownCard:
    """Return the card of a listing found; ``hit`` holds all that depends on the moment."""
    keeper: CardKeeper = current_app.extensions[EXTENSION]
    listing = edition.listing(hit.position)
    if listing.place.is_held:
        hit = replace(hit, distance_km=None, distance_band=None)
    key = (
        edition.manifest.digest,
        listing.place.is_held,
        current_language(),
        hit.position,
        near.name if near else None,
        hit.serves,
        hit.open_now,
        hit.overdue,
        hit.reasons,
        hit.unknown,
        hit.distance_km,
        hit.distance_band,
    )
    card = keeper.find(key)
    if card is None:
        card = make_text(make_card(listing, hit, near))
        keeper.keep(key, card)
    return card


def make_text(card: Card) -> ShownCard:
    """Render a card, with a mark where its links carry what the page carries."""
    render = get_template_attribute("components/card.html", "card_text")
    return ShownCard(card.id, card.area, card.name, Markup(render(card)))  # noqa: S704 (escaped by its template)


def carry(text: Markup) -> Markup:
    """Let the links of a card carry the sealed search and list of this page."""
    carried: str | None = g.get("carried")
    if carried is None:
        query = urlsplit(url_for("directory.show_service", service_id=UUID(int=0))).query
        carried = g.carried = f"?{escape(query)}" if query else ""
    return Markup(str(text).replace(CARRIED, carried))  # noqa: S704 (both parts were escaped)


def init_app(app: Flask) -> None:
    """Keep the cards of an application, and teach templates to show them."""
    app.extensions[EXTENSION] = CardKeeper()
    app.jinja_env.filters["carry"] = carry
    app.jinja_env.globals["CARRIED"] = CARRIED
