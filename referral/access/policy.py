"""The whole authorization policy, as data.

A permission is granted where every condition of at least one of its clauses
holds. Nothing here reads a request, a session or a table, so the whole matrix
can be tested without an application; docs/permissions.md is made from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What someone does in an organization, or for the installation as a whole."""

    PARTNER_EDITOR = "partner-editor"
    INTAKE_WORKER = "intake-worker"
    ORGANIZATION_LEAD = "organization-lead"
    VETTER = "vetter"
    PRIVACY_OFFICER = "privacy-officer"
    OPERATOR = "operator"
    LISTING_LINK = "listing-link"
    """Not a person's: whoever holds a link from a letter to an organization."""
    HOUSE_PHONE = "house-phone"
    """Not a person's: a telephone that a house keeps for telling whether there is room."""
    REFERRAL_LINK = "referral-link"
    """Not a person's: whoever holds the link and the code of one referral, to answer it."""


ORGANIZATION_ROLES = frozenset(
    {Role.PARTNER_EDITOR, Role.INTAKE_WORKER, Role.ORGANIZATION_LEAD, Role.PRIVACY_OFFICER}
)
INSTALLATION_ROLES = frozenset({Role.VETTER, Role.PRIVACY_OFFICER, Role.OPERATOR})
KEY_ROLES = frozenset({Role.LISTING_LINK, Role.HOUSE_PHONE, Role.REFERRAL_LINK})
"""Held by whoever has the link or the telephone of an organization; nobody can be given one."""


def fits(role: Role, organization_id: UUID | None) -> bool:
    """Say whether a person can hold a role there: no organization can make anyone operator or vetter."""
    return role in (INSTALLATION_ROLES if organization_id is None else ORGANIZATION_ROLES)


def counts(role: Role, organization_id: UUID | None) -> bool:
    """Say whether a role means anything there, held by a person or by a key."""
    return fits(role, organization_id) or (organization_id is not None and role in KEY_ROLES)


class Permission(StrEnum):
    """Named ``resource:action``; sorted."""

    ACCOUNT_OWN = "account:own"
    AGREEMENT_SIGN = "agreement:sign"
    APPLICATION_REVIEW = "application:review"
    AUDIT_EXPIRE = "audit:expire"
    AUDIT_READ = "audit:read"
    AUDIT_VERIFY = "audit:verify"
    CAPACITY_SHARE = "capacity:share"
    CAPACITY_TELL = "capacity:tell"
    CASE_ASSIGN = "case:assign"
    CASE_CHANGE = "case:change"
    CASE_CREATE = "case:create"
    CASE_ERASE = "case:erase"
    CASE_EXPORT = "case:export"
    CASE_READ = "case:read"
    CATALOGUE_OVERSEE = "catalogue:oversee"
    CONSENT_RECORD = "consent:record"
    DISCLOSURE_MAKE = "disclosure:make"
    DISCLOSURE_READ = "disclosure:read"
    DO_NOT_LIST_CHANGE = "do-not-list:change"
    EDITION_BUILD = "edition:build"
    FLAG_REVIEW = "flag:review"
    GAP_TELL = "gap:tell"
    HOURS_CHANGE = "hours:change"
    HOUSE_PHONE_PAIR = "house-phone:pair"
    INCIDENT_KEEP = "incident:keep"
    KEYS_KEEP = "keys:keep"
    LISTING_CONFIRM = "listing:confirm"
    LISTING_IMPORT = "listing:import"
    LISTING_MERGE = "listing:merge"
    LISTING_PROPOSE = "listing:propose"
    LISTING_READ = "listing:read"
    LISTING_READ_FOR_WORKERS = "listing:read-for-workers"
    LISTING_WITHDRAW = "listing:withdraw"
    MAIL_REVIEW = "mail:review"
    MEMBERSHIP_CHANGE = "membership:change"
    MEMBERSHIP_LIST = "membership:list"
    PACKET_READ = "packet:read"
    PROPOSAL_REVIEW = "proposal:review"
    REFERRAL_ANSWER = "referral:answer"
    REFERRAL_CORRECT = "referral:correct"
    REFERRAL_READ = "referral:read"
    REFERRAL_SEND = "referral:send"
    REMINDER_CHOOSE = "reminder:choose"
    REPORT_READ = "report:read"
    RETENTION_CHANGE = "retention:change"
    ROUND_RUN = "round:run"
    USER_CREATE = "user:create"
    USER_INVITE = "user:invite"
    USER_OFFBOARD = "user:offboard"
    USER_RESET_FACTOR = "user:reset-factor"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, reduced to what a decision and an event need.

    Of several memberships only those of ``acting_for`` count: an organization, or None for the
    installation as a whole. Changing it is an act of the person (*agir pour*), never a guess.
    """

    name: str
    memberships: frozenset[tuple[UUID | None, Role]] = field(default_factory=frozenset)
    user_id: UUID | None = None
    acting_for: UUID | None = None

    def acts_as(self, role: Role) -> bool:
        """Say whether the actor has a role where she acts now; one that does not fit there is none."""
        return (self.acting_for, role) in self.memberships and counts(role, self.acting_for)


CONSOLE = Actor("console", frozenset({(None, Role.OPERATOR)}))


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked about: the organization whose thing it is, the person whose account it is."""

    organization_id: UUID | None = None
    user_id: UUID | None = None


Condition = Callable[[Actor, Target], bool]


def is_operator(actor: Actor, _target: Target) -> bool:
    """Say whether the actor runs the installation."""
    return actor.acting_for is None and actor.acts_as(Role.OPERATOR)


def is_vetter(actor: Actor, _target: Target) -> bool:
    """Say whether the actor vets listings."""
    return actor.acting_for is None and actor.acts_as(Role.VETTER)


def watches_over_installation(actor: Actor, _target: Target) -> bool:
    """Say whether the actor is in charge of personal information for the whole installation."""
    return actor.acting_for is None and actor.acts_as(Role.PRIVACY_OFFICER)


def is_of_the_organization(actor: Actor, target: Target) -> bool:
    """Say whether the actor acts for the very organization whose thing it is."""
    return target.organization_id is not None and actor.acting_for == target.organization_id


def leads(actor: Actor, _target: Target) -> bool:
    """Say whether the actor leads the organization that she acts for."""
    return actor.acts_as(Role.ORGANIZATION_LEAD)


def watches_over_personal_information(actor: Actor, _target: Target) -> bool:
    """Say whether the actor is in charge of personal information where she acts."""
    return actor.acts_as(Role.PRIVACY_OFFICER)


def keeps_listings(actor: Actor, _target: Target) -> bool:
    """Say whether the actor keeps the listings of the organization that she acts for."""
    return actor.acts_as(Role.PARTNER_EDITOR) or actor.acts_as(Role.ORGANIZATION_LEAD)


def works_with_people(actor: Actor, _target: Target) -> bool:
    """Say whether the actor, of any organization, works with the people whom the directory is for."""
    return any(
        actor.acts_as(role) for role in (Role.INTAKE_WORKER, Role.ORGANIZATION_LEAD, Role.PARTNER_EDITOR)
    )


def keeps_files(actor: Actor, _target: Target) -> bool:
    """Say whether the actor works on case files where she acts."""
    return actor.acts_as(Role.INTAKE_WORKER) or actor.acts_as(Role.ORGANIZATION_LEAD)


def holds_link(actor: Actor, _target: Target) -> bool:
    """Say whether the actor is whoever follows a link from a letter."""
    return actor.acts_as(Role.LISTING_LINK)


def holds_referral_link(actor: Actor, _target: Target) -> bool:
    """Say whether the actor is whoever holds the link and the code of a referral."""
    return actor.acts_as(Role.REFERRAL_LINK)


def is_house_phone(actor: Actor, _target: Target) -> bool:
    """Say whether the actor is a telephone that a house keeps."""
    return actor.acts_as(Role.HOUSE_PHONE)


def is_oneself(actor: Actor, target: Target) -> bool:
    """Say whether someone who signed in asks about her own account, or names no other."""
    return actor.user_id is not None and target.user_id in {None, actor.user_id}


def is_her_own(actor: Actor, target: Target) -> bool:
    """Say whether the thing asked about has an owner, and she is the one."""
    return actor.user_id is not None and target.user_id == actor.user_id


def is_somebody_else(actor: Actor, target: Target) -> bool:
    """Say whether another person is named: nobody resets her own factor by a lead's way."""
    return target.user_id is not None and target.user_id != actor.user_id


Clauses = tuple[tuple[Condition, ...], ...]
BY_OPERATOR: Clauses = ((is_operator,),)
BY_ITS_LEAD: Clauses = ((is_of_the_organization, leads),)
BY_VETTER: Clauses = ((is_vetter,),)
BY_ITS_EDITORS: Clauses = ((is_of_the_organization, keeps_listings),)
BY_ITS_LINK: Clauses = ((is_of_the_organization, holds_link),)
BY_ITS_WORKERS: Clauses = ((is_of_the_organization, works_with_people),)
BY_ITS_INTAKE: Clauses = ((is_of_the_organization, keeps_files),)
BY_ITS_REFERRAL_LINK: Clauses = ((is_of_the_organization, holds_referral_link),)
BY_THOSE_IN_CHARGE: Clauses = (
    (is_of_the_organization, leads),
    (is_of_the_organization, watches_over_personal_information),
)
OF_SOMEBODY_ELSE: Clauses = (
    (is_of_the_organization, leads, is_somebody_else),
    (is_operator, is_somebody_else),
)

POLICY: dict[Permission, Clauses] = {
    Permission.ACCOUNT_OWN: ((is_oneself,),),
    Permission.AGREEMENT_SIGN: BY_ITS_LEAD,
    Permission.APPLICATION_REVIEW: BY_VETTER,
    Permission.AUDIT_EXPIRE: BY_OPERATOR,
    Permission.AUDIT_READ: (*BY_ITS_LEAD, (is_of_the_organization, watches_over_personal_information)),
    Permission.AUDIT_VERIFY: (*BY_OPERATOR, (watches_over_installation,)),
    Permission.CAPACITY_SHARE: BY_ITS_EDITORS,
    Permission.CAPACITY_TELL: (*BY_ITS_WORKERS, (is_of_the_organization, is_house_phone)),
    Permission.CASE_ASSIGN: ((is_of_the_organization, keeps_files, is_her_own), *BY_ITS_LEAD),
    Permission.CASE_CHANGE: BY_ITS_INTAKE,
    Permission.CASE_CREATE: BY_ITS_INTAKE,
    Permission.CASE_ERASE: BY_THOSE_IN_CHARGE,
    Permission.CASE_EXPORT: ((is_of_the_organization, keeps_files, is_her_own), *BY_THOSE_IN_CHARGE),
    Permission.CASE_READ: BY_ITS_INTAKE,
    Permission.CATALOGUE_OVERSEE: (*BY_OPERATOR, *BY_VETTER),
    Permission.CONSENT_RECORD: BY_ITS_INTAKE,
    Permission.DISCLOSURE_MAKE: BY_ITS_INTAKE,
    Permission.DISCLOSURE_READ: BY_THOSE_IN_CHARGE,
    Permission.DO_NOT_LIST_CHANGE: (*BY_VETTER, (watches_over_installation,)),
    Permission.EDITION_BUILD: BY_OPERATOR,
    Permission.FLAG_REVIEW: (*BY_OPERATOR, *BY_VETTER),
    Permission.GAP_TELL: ((works_with_people,), *BY_VETTER),
    Permission.HOURS_CHANGE: BY_ITS_LEAD,
    Permission.HOUSE_PHONE_PAIR: BY_ITS_EDITORS,
    Permission.INCIDENT_KEEP: BY_THOSE_IN_CHARGE,
    Permission.KEYS_KEEP: BY_OPERATOR,
    Permission.LISTING_CONFIRM: (*BY_ITS_EDITORS, *BY_ITS_LINK),
    Permission.LISTING_IMPORT: BY_OPERATOR,
    Permission.LISTING_MERGE: BY_VETTER,
    Permission.LISTING_PROPOSE: (*BY_ITS_EDITORS, *BY_ITS_LINK, *BY_VETTER),
    Permission.LISTING_READ: (*BY_ITS_WORKERS, *BY_ITS_LINK, *BY_VETTER),
    Permission.LISTING_READ_FOR_WORKERS: ((works_with_people,), *BY_VETTER),
    Permission.LISTING_WITHDRAW: (*BY_ITS_EDITORS, *BY_ITS_LINK, *BY_VETTER),
    Permission.MAIL_REVIEW: BY_OPERATOR,
    Permission.MEMBERSHIP_CHANGE: OF_SOMEBODY_ELSE,
    Permission.MEMBERSHIP_LIST: (*BY_ITS_LEAD, *BY_OPERATOR),
    Permission.PACKET_READ: BY_ITS_INTAKE,
    Permission.PROPOSAL_REVIEW: BY_VETTER,
    Permission.REFERRAL_ANSWER: (*BY_ITS_INTAKE, *BY_ITS_REFERRAL_LINK),
    Permission.REFERRAL_CORRECT: BY_ITS_LEAD,
    Permission.REFERRAL_READ: (*BY_ITS_INTAKE, *BY_ITS_REFERRAL_LINK),
    Permission.REFERRAL_SEND: BY_ITS_INTAKE,
    Permission.REMINDER_CHOOSE: (*BY_ITS_EDITORS, *BY_ITS_LINK),
    Permission.REPORT_READ: BY_ITS_LEAD,
    Permission.RETENTION_CHANGE: BY_THOSE_IN_CHARGE,
    Permission.ROUND_RUN: BY_VETTER,
    Permission.USER_CREATE: BY_OPERATOR,
    Permission.USER_INVITE: (*BY_ITS_LEAD, *BY_OPERATOR),
    Permission.USER_OFFBOARD: OF_SOMEBODY_ELSE,
    Permission.USER_RESET_FACTOR: OF_SOMEBODY_ELSE,
}


def permits(actor: Actor | None, permission: Permission, target: Target | None = None) -> bool:
    """Answer the only authorization question; nobody is never permitted."""
    if actor is None:
        return False
    about = target or Target()
    return any(all(condition(actor, about) for condition in clause) for clause in POLICY[permission])
