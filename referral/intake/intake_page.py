"""What the pages of the intake show: each question with what is known or typed, and what is around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from referral.accounts.organizations import list_names
from referral.directory.cards import language_name
from referral.directory.minors import find_lines
from referral.edition.reader import NoEditionError, current_edition
from referral.geo.areas import REGIONS
from referral.i18n.locale import current_language
from referral.intake import file_words as words
from referral.intake.answer_fields import CHOSEN_WITH_SAID, Typed
from referral.intake.answer_words import name_all, say_shown
from referral.intake.answers import Given
from referral.intake.asking_words import STEP_TITLES, TITLES, WHYS, say_wrong
from referral.intake.contact import shown_now
from referral.intake.models import Answer, Case
from referral.intake.nicknames import Known, find_alike
from referral.intake.notices import NOTICE_VERSION
from referral.intake.people import name_people
from referral.intake.questions import LONGEST_LINE, LONGEST_NAME, LONGEST_NOTE, MOST_CHILDREN, MOST_LANGUAGES
from referral.intake.spelling import fold
from referral.intake.spoken import list_languages
from referral.intake.steps import STEPS
from referral.intake.taking import BASE, SITTING, Sent, mark_of, show_given
from referral.intake.vocabulary import AgeBand, CaseStatus, Said, Urgency
from referral.shared.clock import now
from referral.shared.database import cases_session, directory_session

MINORS = frozenset({AgeBand.CHILD, AgeBand.MINOR})
MOST_OFFERED = 12
ROWS_OF_LANGUAGES = 2
"""Lists of languages besides those that are answered."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One question on a page."""

    name: str
    typed: Typed
    row: int
    base: str
    is_answered: bool
    wrong: str = ""
    hidden: str = ""
    """What may be said of an answer that is not shown now: what is typed takes its place."""

    @property
    def title(self) -> str:
        """What it is called."""
        return str(TITLES[self.name])

    @property
    def why(self) -> str:
        """What it is for."""
        return str(WHYS[self.name])

    @property
    def said(self) -> str:
        """The button that is pressed among the answer, *not asked*, *prefers not to say*, *not known*."""
        return self.typed.one("said")

    @property
    def has_own_skip(self) -> bool:
        """Whether what says that there is no answer is a group of its own."""
        return self.name not in CHOSEN_WITH_SAID


def show_questions(
    names: Sequence[str], known: Mapping[str, Given], sent: Mapping[str, Sent] | None = None
) -> list[Shown]:
    """Return questions as they are known, or as somebody typed them; each upon the version known now."""
    return [_show_one(name, known.get(name), (sent or {}).get(name)) for name in names]


def _show_one(name: str, given: Given | None, sent: Sent | None) -> Shown:
    return Shown(
        name,
        sent.typed if sent is not None and sent.is_changed else show_given(name, given),
        given.version if given else 0,
        mark_of(name, given),
        is_answered=given is not None and given.said is Said.ANSWERED,
        wrong=say_wrong(name, sent.wrong) if sent is not None and sent.wrong else "",
    )


def as_typed(shown: Sequence[Shown], sent: Mapping[str, Sent]) -> list[Shown]:
    """Return questions upon the versions on which they were typed: what another changed since conflicts."""
    return [
        replace(each, row=sent[each.name].version, base=sent[each.name].typed.one(BASE), wrong="")
        if each.name in sent and sent[each.name].is_changed
        else each
        for each in shown
    ]


def hide_contact(
    shown: Sequence[Shown], case: Case, known: Mapping[str, Given], user_id: UUID | None
) -> list[Shown]:
    """Keep how she is reached out of a page while her rule does not allow it, but for who just wrote it."""
    given, at = known.get("safe_contact"), now()
    if given is None or given.said is not Said.ANSWERED or shown_now(given.value, at) == given.value:
        return list(shown)
    row = cases_session().get(Answer, (case.id, "safe_contact"))
    if row is not None and row.changed_by == user_id and row.changed_at > at - SITTING:
        return list(shown)
    said = say_shown("safe_contact", given, at)
    known_typed = show_given("safe_contact", given)
    return [
        replace(each, typed=show_given(each.name, None), base="", hidden=said)
        if each.name == "safe_contact" and each.typed == known_typed
        else each
        for each in shown
    ]


@dataclass(frozen=True, slots=True)
class StepShown:
    """One page in the list of what is said and what is left."""

    step: str
    title: str
    state: str
    is_left: bool


def list_steps(known: Mapping[str, Given]) -> list[StepShown]:
    """Return the pages of the intake, each with whether something is known."""
    return [
        StepShown(step, str(STEP_TITLES[step]), _say_state(known.get(asked[0])), asked[0] not in known)
        for step, asked in STEPS.items()
        if asked
    ]


def _say_state(given: Given | None) -> str:
    if given is None:
        return str(words.NOT_ASKED)
    return _("said") if given.said is Said.ANSWERED else str(words.SAID[given.said])


def answer_of(known: Mapping[str, Given], name: str) -> Any:
    """Return what was answered, or None."""
    given = known.get(name)
    return given.value if given is not None and given.said is Said.ANSWERED else None


def around(case: Case, known: Mapping[str, Given]) -> dict[str, Any]:
    """Return what the pages of a file's intake show beside the questions."""
    region = (answer_of(known, "regions") or {}).get("now")
    return {
        "case": case,
        "steps": list_steps(known),
        "left": sum(each.is_left for each in list_steps(known)),
        "is_draft": case.status is CaseStatus.DRAFT,
        "is_minor": answer_of(known, "age_band") in MINORS,
        "is_danger": case.urgency is Urgency.NOW,
        "duty_region": region,
        "duty_lines": find_reporting(region),
        **choices(),
    }


def find_reporting(region: str | None) -> list[Any]:
    """Return the lines of a region that take reports on children; none where no region is known."""
    if not region:
        return []
    try:
        return find_lines(current_edition(), (region,), now())
    except NoEditionError:
        return []


def choices() -> dict[str, Any]:
    """Return what the questions offer, in the words of the page."""
    common, others = list_languages()
    return {
        "words": words,
        "regions": {code: name.best(current_language())[0] for code, name in REGIONS.items()},
        "common_languages": common,
        "other_languages": others,
        "all_languages": common | others,
        "notice_version": NOTICE_VERSION,
        "asked_of": {step: asked[0] for step, asked in STEPS.items() if asked},
        "language_name": language_name,
        "most_languages": MOST_LANGUAGES,
        "more_languages": ROWS_OF_LANGUAGES,
        "most_children": MOST_CHILDREN,
        "longest_line": LONGEST_LINE,
        "longest_name": LONGEST_NAME,
        "longest_note": LONGEST_NOTE,
        "name_all": name_all,
    }


@dataclass(frozen=True, slots=True)
class Alike:
    """A file that may be the same person's: its code, who keeps it, since when; nothing else of it."""

    case_id: UUID
    code: str
    owner: str
    since: Any
    is_draft: bool


def list_alike(case_id: UUID | None, organization_id: UUID, nickname: str | None) -> list[Alike]:
    """Return what of the organization's own files is likely a duplicate."""
    if not nickname:
        return []
    return name_owners(find_alike(cases_session(), organization_id, nickname, case_id))


def name_owners(found: Sequence[Known]) -> list[Alike]:
    """Say who keeps files that were found."""
    names = name_people(directory_session(), (each.owner_id for each in found))
    return [
        Alike(
            each.case_id,
            each.code,
            names.get(each.owner_id, ""),
            each.since,
            each.status is CaseStatus.DRAFT,
        )
        for each in found
    ]


def offer_organizations(text: str) -> dict[str, str]:
    """Return organizations of the directory whose name holds all the words that were typed."""
    wanted = fold(text).split()
    if not wanted:
        return {}
    found = []
    for place, name in list_names(directory_session()).items():
        told = fold(f"{name.fr or ''} {name.en or ''}")
        if all(f" {word}" in f" {told}" for word in wanted):
            found.append((name.best(current_language())[0], str(place)))
    return {place: name for name, place in sorted(found, key=lambda each: each[0].casefold())[:MOST_OFFERED]}
