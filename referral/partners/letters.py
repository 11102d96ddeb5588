"""Letters to organizations about their listings: neutral, in their language, with a link of their own."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.accounts.letters import say_moment
from referral.catalogue.models import Organization
from referral.i18n.dates import say_date
from referral.mail.letters import LetterError, Message, check_address
from referral.mail.services import enqueue
from referral.partners.links import make_link
from referral.partners.round_models import ListingLink, Purpose, ReminderChoice
from referral.shared.bilingual import Language

SYSTEM = Actor("Relais")
"""Who does what is done by itself."""


def address_of(session: Session, organization_id: UUID) -> str | None:
    """Return the address listed of an organization, or of one of its services, that can be written to."""
    organization = session.get_one(Organization, organization_id)
    listed = [organization.email, *sorted(each.email for each in organization.services if each.email)]
    return next((each for each in listed if each and is_address(each)), None)


def is_address(text: str) -> bool:
    """Say whether a letter can be sent there."""
    try:
        check_address(text)
    except LetterError:
        return False
    return True


def language_of(session: Session, organization_id: UUID) -> Language:
    """Return the language that an organization chose, else French where it has a French name."""
    choice = session.get(ReminderChoice, organization_id)
    if choice is not None:
        return "en" if choice.language == "en" else "fr"
    name = session.get_one(Organization, organization_id).name
    return "en" if name.en and not name.fr else "fr"


def link_address(token: str, language: Language) -> str:
    """Return the address of a link's page, never made from what a request says of its host."""
    return f"{current_app.config['SITE_URL']}/{language}/link/{token}"


def write(  # noqa: PLR0913, PLR0917  # of what kind, to whom, for which one act, with which links
    session: Session,
    kind: str,
    organization_id: UUID,
    key: str,
    purpose: Purpose,
    at: datetime,
    actor: Actor = SYSTEM,
    **values: str,
) -> ListingLink | None:
    """Put a letter into the outbox with a link of one purpose, and one to choose how to be reminded.

    Returns None where no address is listed. Earlier links of the same purpose serve until they run out.
    """
    to = address_of(session, organization_id)
    if to is None:
        return None
    language = language_of(session, organization_id)
    link, token = make_link(session, organization_id, purpose, actor, at)
    values |= {"link": link_address(token, language), "until": say_moment(link.expires_at, language)}
    if purpose is Purpose.CONFIRM:
        _, other = make_link(session, organization_id, Purpose.REMINDERS, actor, at)
        values["reminders"] = link_address(other, language)
    enqueue(session, Message(kind, to, language, key, values))
    return link


def say_day_to(session: Session, organization_id: UUID, day: date) -> str:
    """Return a day as the organization says it."""
    return say_date(day, language_of(session, organization_id))
