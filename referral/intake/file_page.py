"""A file at a glance, as its page shows it: plain values, opened and put into words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from referral.catalogue.models import Organization
from referral.directory.cards import in_words, language_name, region_name
from referral.directory.minors import Duty, find_lines
from referral.edition.reader import NoEditionError, current_edition
from referral.intake.answers import Given
from referral.intake.contact import Verdict, may_contact
from referral.intake.file_words import AGE_BANDS, FLAGS, GENDERS, NEED_STATES, NEEDS, NOT_ASKED, SAID
from referral.intake.vocabulary import AgeBand, NeedState, Said

MINORS = {AgeBand.CHILD, AgeBand.MINOR}


@dataclass(frozen=True, slots=True)
class Glance:
    """What a page needs of the answers; ``contact`` is shown only as the verdict allows."""

    nickname: str | None
    urgency_reason: str | None
    contact: Mapping[str, Any] | None
    verdict: Verdict
    needs: Sequence[tuple[object, Sequence[object]]]
    facts: Sequence[tuple[str, str]]
    note: str | None
    is_minor: bool
    duty: Duty | None


def value_of(answers: Mapping[str, Given], name: str) -> Any:
    """Return what was answered to a question, or None."""
    given = answers.get(name)
    return given.value if given is not None and given.said is Said.ANSWERED else None


def look_at(answers: Mapping[str, Given], session: Session, at: datetime) -> Glance:
    """Return a file at a glance; the directory's session names the organizations to avoid."""
    contact, urgency = value_of(answers, "safe_contact"), value_of(answers, "urgency")
    is_minor = value_of(answers, "age_band") in MINORS
    return Glance(
        nickname=value_of(answers, "nickname"),
        urgency_reason=urgency["reason"] if urgency else None,
        contact=contact,
        verdict=may_contact(contact, at),
        needs=_group_needs(value_of(answers, "needs") or {}),
        facts=_list_facts(answers, session),
        note=value_of(answers, "note"),
        is_minor=is_minor,
        duty=_find_duty(value_of(answers, "regions"), at) if is_minor else None,
    )


def _group_needs(needs: Mapping[str, str]) -> Sequence[tuple[object, Sequence[object]]]:
    grouped = (
        (state, [label for need, label in NEEDS.items() if needs.get(need) == state]) for state in NEED_STATES
    )
    return [(NEED_STATES[NeedState(state)], found) for state, found in grouped if found]


def _find_duty(regions: Mapping[str, Any] | None, at: datetime) -> Duty:
    """Return the lines that take reports where she is now."""
    region = (regions or {}).get("now")
    if not region:
        return Duty((), has_place=False)
    try:
        return Duty(tuple(find_lines(current_edition(), (region,), at)), has_place=True)
    except NoEditionError:
        return Duty((), has_place=True)


def _list_facts(answers: Mapping[str, Given], session: Session) -> list[tuple[str, str]]:
    told = {
        "age_band": (_("Age"), lambda value: str(AGE_BANDS[AgeBand(value)])),
        "languages": (_("Languages"), _say_languages),
        "limits": (_("What limits the choice"), _say_limits),
        "regions": (_("Regions"), _say_regions),
        "organizations_to_avoid": (
            _("Organizations to avoid"),
            lambda value: ", ".join(name_organizations(session, value)),
        ),
    }
    return [(label, _say(answers.get(name), say)) for name, (label, say) in told.items()]


def _say(given: Given | None, say: Any) -> str:
    if given is None:
        return str(NOT_ASKED)
    return say(given.value) if given.said is Said.ANSWERED else str(SAID[given.said])


def _say_languages(value: Mapping[str, Any]) -> str:
    spoken = ", ".join(language_name(code) for code in value["spoken"])
    return f"{spoken} ({_('with an interpreter')})" if value["interpreter"] else spoken


def _say_limits(value: Mapping[str, Any]) -> str:
    parts = [str(GENDERS[value["gender"]])] if value.get("gender") else []
    if value.get("children"):
        ages = f" ({value['children_ages']})" if value.get("children_ages") else ""
        parts.append(_("children: %(number)d", number=value["children"]) + ages)
    parts += [str(FLAGS[flag]) for flag in value.get("flags", ())]
    return ", ".join(parts) or _("none")


def _say_regions(value: Mapping[str, Any]) -> str:
    parts = []
    if value.get("now"):
        parts.append(_("now: %(region)s", region=region_name(value["now"])))
    if value.get("wanted"):
        parts.append(_("wanted: %(regions)s", regions=", ".join(map(region_name, value["wanted"]))))
    if value.get("avoid"):
        parts.append(_("to avoid: %(regions)s", regions=", ".join(map(region_name, value["avoid"]))))
    return " · ".join(parts)


def name_organizations(session: Session, ids: Sequence[str]) -> list[str]:
    """Return the names of organizations, in the language of the page."""
    wanted = [UUID(each) for each in ids]
    found = session.scalars(sa.select(Organization).where(Organization.id.in_(wanted)))
    names = sorted(in_words(each.name) for each in found)
    gone = len(wanted) - len(names)
    return names + ([_("an organization that is no longer listed")] if gone else [])
