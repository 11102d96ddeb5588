"""What each filter and each of its values is called: in the panel, on a chip, and when asking by phone."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from referral.directory.cards import label, language_name, region_name
from referral.directory.words import FILTERS

TAXONOMY_OF = {"need": "categories", "clientele": "clientele", "route": "referral_routes"}
MODES: dict[str, LazyString] = {
    "spoken": lazy_gettext("spoken by staff"),
    "interpreter": lazy_gettext("through an interpreter"),
    "written": lazy_gettext("in writing"),
}
CHOICES: dict[str, LazyString] = {
    "open_now=true": lazy_gettext("Open now"),
    "always_open=true": lazy_gettext("Open 24 hours a day"),
    "mode=phone": lazy_gettext("By phone"),
    "mode=text": lazy_gettext("By text message"),
    "mode=chat": lazy_gettext("By chat"),
    "mode=textphone": lazy_gettext("By TTY"),
    "mode=email": lazy_gettext("By e-mail"),
    "mode=remote": lazy_gettext("At a distance"),
    "free=true": lazy_gettext("Free"),
    "status=none": lazy_gettext("No immigration status needed"),
    "id_required=false": lazy_gettext("No ID needed"),
    "health_card_required=false": lazy_gettext("No health card needed"),
    "police_report_required=false": lazy_gettext("No police report needed"),
    "children=true": lazy_gettext("With children"),
    "pets=true": lazy_gettext("Pets accepted"),
    "substance_use=true": lazy_gettext("Substance use accepted"),
    "wheelchair=true": lazy_gettext("Wheelchair accessible"),
    "accepts_trans=true": lazy_gettext("Welcomes trans people"),
    "indigenous_led=true": lazy_gettext("Indigenous-led"),
    "gender=woman": lazy_gettext("For a woman"),
    "gender=man": lazy_gettext("For a man"),
    "gender=trans": lazy_gettext("For a trans person"),
    "gender=nonbinary": lazy_gettext("For a non-binary person"),
    "status=temporary_worker": lazy_gettext("Temporary work permit"),
    "status=refugee_claimant": lazy_gettext("Asked for asylum"),
    "status=refugee": lazy_gettext("Refugee"),
    "status=student": lazy_gettext("International student"),
    "status=sponsored": lazy_gettext("Sponsored by a relative"),
    "status=visitor": lazy_gettext("Visitor"),
    "status=permanent_resident": lazy_gettext("Permanent resident"),
    "status=citizen": lazy_gettext("Canadian citizen"),
    "access=walk_in": lazy_gettext("Without an appointment"),
    "access=phone": lazy_gettext("Reached by phone"),
    "access=remote": lazy_gettext("At a distance"),
    "access=appointment": lazy_gettext("By appointment"),
    "access=outreach": lazy_gettext("Comes to the person"),
}


def say_choice(name: str, value: str) -> str:
    """Return a criterion in words, whole, as it stands among others."""
    if name in TAXONOMY_OF:
        text = label(TAXONOMY_OF[name], value)
        return gettext("Referred by: %(who)s", who=text) if name == "route" else text
    special = {
        "q": lambda: gettext("“%(words)s”", words=value),
        "near": lambda: gettext("Near %(place)s", place=value),
        "region": lambda: region_name(value),
        "area": lambda: value,
        "age": lambda: gettext("%(age)s years old", age=value),
        "child_age": lambda: gettext("Child of %(age)s", age=value),
        "lang": lambda: say_language(value),
        "radius_km": lambda: gettext("Within %(km)s km", km=value),
    }
    if name in special:
        return special[name]()
    if name == "children" and value.isdigit():
        return gettext("Children: %(number)s", number=value)
    return str(CHOICES.get(f"{name}={value}", "")) or _plain(name, value)


def say_language(value: str) -> str:
    """Return a language, with how it must be offered where that was said."""
    code, _, mode = value.partition(":")
    return f"{language_name(code)} ({MODES[mode]})" if mode in MODES else language_name(code)


def _plain(name: str, value: str) -> str:
    """Return words for criteria that only links carry."""
    if name == "audience":
        return str(FILTERS["clientele"]).capitalize()
    return gettext("Situation of the person") if name == "exploitation" else value
