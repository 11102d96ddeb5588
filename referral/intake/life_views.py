"""Pages on which a file's next step, its keepers, its opening, its end and its return are written."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from referral.access.policy import Permission
from referral.intake import file_words, life
from referral.intake.areas import cases
from referral.intake.cases import IllegalStepError, NotReadyError, open_case, propose_step, read_step
from referral.intake.finding import changing, find_case, open_file
from referral.intake.follow_ups import FollowUpGoneError, day_of, list_follow_ups, tell_outcome
from referral.intake.life import ChangedMeanwhileError, KeeperRefusedError, Keepers, check_keepers
from referral.intake.life_forms import (
    REFUSED,
    CloseForm,
    KeepersForm,
    OpenForm,
    OutcomeForm,
    ReopenForm,
    StepForm,
    choose_keepers,
    read_person,
)
from referral.intake.models import Case
from referral.intake.people import list_colleagues, name_people
from referral.intake.retention import keep_until
from referral.intake.rules import read_rules
from referral.intake.vocabulary import CaseStatus, Closure, FollowUpStatus
from referral.shared.clock import now
from referral.shared.conflict import Conflict, compare
from referral.shared.database import cases_session, directory_session

CHANGE = Permission.CASE_CHANGE
LABELS = {"text": _l("Next step"), "on": _l("On which day"), "owner": _l("Owner"), "deputy": _l("Deputy")}
MOVED_ON = _l("Somebody changed where this file stands meanwhile. Nothing of yours was saved: look again.")


def back_to(case_id: UUID, said: object = None) -> ResponseReturnValue:
    """Return to the file, with a word."""
    if said:
        flash(str(said))
    return redirect(url_for("cases.show", case_id=case_id), HTTPStatus.SEE_OTHER)


def _render(template: str, case: Case, form: Any, **more: Any) -> ResponseReturnValue:
    more.setdefault("conflict", None)
    page = render_template(template, case=case, form=form, words=file_words, labels=LABELS, **more)
    return page, HTTPStatus.CONFLICT if more["conflict"] else form.status


def _colleagues(case: Case) -> dict[UUID, str]:
    return list_colleagues(directory_session(), case.organization_id)


@cases.route("/<uuid:case_id>/step", methods=["GET", "POST"])
def change_step(case_id: UUID) -> ResponseReturnValue:
    """Choose another next step; where somebody else just did, both are shown."""
    find_case(case_id, CHANGE)
    form, conflict = StepForm(), None
    if form.validate_on_submit():
        try:
            with changing(case_id) as held:
                life.change_step(held, form.read(), form.read_shown())
        except ChangedMeanwhileError as error:
            conflict = error.conflict
        except IllegalStepError:
            return back_to(case_id, MOVED_ON)
        else:
            return back_to(case_id, _("The next step was saved."))
    case, safe, _actor = open_file(case_id, CHANGE)
    if case.status is not CaseStatus.OPEN:
        return back_to(case_id)
    known = read_step(case, safe)
    if not form.is_submitted() and known is not None:
        form.text.data, form.on.data = known.text, known.on
    if not form.is_submitted() or conflict:
        form.show(known)
    return _render("cases/step.html", case, form, conflict=conflict)


@cases.route("/<uuid:case_id>/people", methods=["GET", "POST"])
def change_people(case_id: UUID) -> ResponseReturnValue:
    """Give a file another owner or deputy, for good or for an absence."""
    case, _actor = find_case(case_id, Permission.CASE_ASSIGN)
    people = _colleagues(case)
    form, conflict = KeepersForm(people), None
    if form.validate_on_submit():
        try:
            _give(case_id, form, people)
        except ChangedMeanwhileError as error:
            conflict = _name_sides(error.conflict)
        except KeeperRefusedError as error:
            form.refuse(error.field, REFUSED[error.field])
        except IllegalStepError:
            return back_to(case_id, MOVED_ON)
        else:
            return back_to(case_id, _("Who keeps the file was saved."))
    return _show_people(case_id, form, conflict)


def _show_people(case_id: UUID, form: KeepersForm, conflict: Conflict | None) -> ResponseReturnValue:
    case, _actor = find_case(case_id, Permission.CASE_ASSIGN)
    if case.status not in life.IN_HAND:
        return back_to(case_id)
    if not form.is_submitted():
        form.owner.data, form.deputy.data = str(case.owner_id), str(case.deputy_id or "")
    if not form.is_submitted() or conflict:
        form.show(case.owner_id, case.deputy_id)
    names = name_people(directory_session(), [case.returns_to_id])
    return _render("cases/people.html", case, form, conflict=conflict, names=names)


def _give(case_id: UUID, form: KeepersForm, people: dict[UUID, str]) -> None:
    wanted = form.read()
    shown = (read_person(form.shown_owner.data), read_person(form.shown_deputy.data))
    with changing(case_id, Permission.CASE_ASSIGN) as held:
        known = (held.case.owner_id, held.case.deputy_id)
        if known not in {shown, (wanted.owner_id, wanted.deputy_id)}:
            sides = ((wanted.owner_id, wanted.deputy_id), known, shown)
            raise ChangedMeanwhileError(compare(*({"owner": one, "deputy": other} for one, other in sides)))
        life.change_keepers(held, wanted, people)


def _name_sides(conflict: Conflict) -> Conflict:
    """Return both versions with names in the place of identifiers."""
    sides = [
        {field.name: getattr(field, side) for field in conflict.fields} for side in ("mine", "theirs", "base")
    ]
    names = name_people(directory_session(), (each for side in sides for each in side.values()))
    return compare(*({name: names.get(each) for name, each in side.items()} for side in sides))


@cases.route("/<uuid:case_id>/open", methods=["GET", "POST"])
def open_draft(case_id: UUID) -> ResponseReturnValue:
    """Take a file out of draft, with a deputy and a next step."""
    case, _actor = find_case(case_id, CHANGE)
    people = {each: name for each, name in _colleagues(case).items() if each != case.owner_id}
    form = OpenForm(people)
    if form.validate_on_submit():
        try:
            with changing(case_id) as held:
                deputy = read_person(form.deputy.data)
                check_keepers(Keepers(held.case.owner_id, deputy), _colleagues(case), needs_deputy=True)
                open_case(held, deputy, form.read())
        except KeeperRefusedError as error:
            form.refuse("deputy", REFUSED[error.field])
        except IllegalStepError:
            return back_to(case_id, MOVED_ON)
        else:
            return back_to(case_id, _("The file is open."))
    if case.status is not CaseStatus.DRAFT:
        return back_to(case_id)
    if not form.is_submitted():
        form.on.data = propose_step(case.urgency, day_of(now()))
        form.deputy.data = str(case.deputy_id or "")
    return _render("cases/open.html", case, form, is_new=True, people=people)


@cases.route("/<uuid:case_id>/reopen", methods=["GET", "POST"])
def reopen(case_id: UUID) -> ResponseReturnValue:
    """Open a closed file again."""
    case, actor = find_case(case_id, CHANGE)
    people = _colleagues(case)
    form = ReopenForm(people)
    if form.validate_on_submit():
        try:
            wanted = choose_keepers(form.owner.data, form.deputy.data)
            with changing(case_id) as held:
                life.reopen_case(held, wanted, form.read(), people)
        except KeeperRefusedError as error:
            form.refuse(error.field, REFUSED[error.field])
        except (IllegalStepError, NotReadyError):
            return back_to(case_id, MOVED_ON)
        else:
            return back_to(case_id, _("The file is open again."))
    if case.status is not CaseStatus.CLOSED:
        return back_to(case_id)
    if not form.is_submitted():
        form.owner.data, form.on.data = str(actor.user_id), propose_step(case.urgency, day_of(now()))
    return _render("cases/open.html", case, form, is_new=False, people=people)


@cases.route("/<uuid:case_id>/close", methods=["GET", "POST"])
def close(case_id: UUID) -> ResponseReturnValue:
    """Close a file with its reason; says first until when it is kept and what is called off."""
    case, _actor = find_case(case_id, CHANGE)
    months = read_rules(cases_session(), case.organization_id).case_months
    form = CloseForm()
    if form.validate_on_submit():
        try:
            with changing(case_id) as held:
                life.close_case(held, Closure(form.reason.data), form.note.data, months)
        except IllegalStepError:
            return back_to(case_id, MOVED_ON)
        return back_to(case_id, _("The file is closed."))
    if case.status is not CaseStatus.OPEN:
        return back_to(case_id)
    planned = [
        each for each in list_follow_ups(cases_session(), case_id) if each.status is FollowUpStatus.PLANNED
    ]
    return _render("cases/close.html", case, form, kept=keep_until(day_of(now()), months), planned=planned)


@cases.route("/<uuid:case_id>/follow-ups/<uuid:follow_up_id>", methods=["GET", "POST"])
def tell_follow_up(case_id: UUID, follow_up_id: UUID) -> ResponseReturnValue:
    """Write down what came of a follow-up."""
    case, _actor = find_case(case_id, CHANGE)
    row = next((each for each in list_follow_ups(cases_session(), case_id) if each.id == follow_up_id), None)
    if row is None or row.status is not FollowUpStatus.PLANNED or case.status is not CaseStatus.OPEN:
        return back_to(case_id, _("This follow-up is not to be done any more: look at the file."))
    kind = row.kind
    form = OutcomeForm()
    if form.validate_on_submit():
        try:
            with changing(case_id) as held:
                tell_outcome(held, follow_up_id, reached=form.reached.data == "yes", words=form.words.data)
        except FollowUpGoneError:
            return back_to(case_id, _("This follow-up is not to be done any more: look at the file."))
        return back_to(case_id, _("What came of the follow-up was saved."))
    return _render("cases/follow_up.html", case, form, kind=kind, due_on=row.due_on)
