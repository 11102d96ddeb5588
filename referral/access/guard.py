"""The policy, asked from a view; a view that forgets to ask never answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn, TypeVar

from flask import Flask, Response, abort, current_app, g, request

from referral.access.policy import Actor, Permission, Target, permits

PUBLIC = "is_public"
FIRST_ERROR = 400
LOADER = "relais.actor_loader"
LISTENERS = "relais.refusal_listeners"
View = TypeVar("View", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused to whom; nobody is someone who did not sign in."""

    permission: Permission
    target: Target
    actor: Actor | None


def public(view: View) -> View:
    """Mark a view that anyone may see."""
    setattr(view, PUBLIC, True)
    return view


def load_actors_with(app: Flask, loader: Callable[[], Actor | None]) -> None:
    """Say how this application knows who asks; until then it is always nobody."""
    app.extensions[LOADER] = loader


def on_refusal(app: Flask, callback: Callable[[Refusal], None]) -> None:
    """Call back each time ``require`` refuses, before the answer is sent."""
    app.extensions.setdefault(LISTENERS, []).append(callback)


def find_actor() -> Actor | None:
    """Return who asks, without asking the policy anything; None for somebody who did not sign in."""
    loader: Callable[[], Actor | None] = current_app.extensions.get(LOADER, lambda: None)
    return loader()


def require(permission: Permission, target: Target | None = None) -> Actor:
    """Return the actor, or answer 404 so that a refusal reveals nothing."""
    return require_of(find_actor(), permission, target)


def require_of(actor: Actor | None, permission: Permission, target: Target | None = None) -> Actor:
    """Ask the same of whoever is known by a key, such as the telephone of a house, and not by a session."""
    g.policy_asked = True
    if actor is None or not permits(actor, permission, target):
        refuse(Refusal(permission, target or Target(), actor))
    return actor


def refuse(refusal: Refusal) -> NoReturn:
    """Tell who listens, then answer as if nothing were there."""
    for callback in current_app.extensions.get(LISTENERS, ()):
        callback(refusal)
    abort(404)


def check_asked(response: Response) -> Response:
    """Refuse to send a page that neither asked the policy nor is marked public."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or response.status_code >= FIRST_ERROR or names_methods_only():
        return response
    if getattr(view, PUBLIC, False) or g.get("policy_asked"):
        return response
    raise RuntimeError(f"{request.endpoint} answered without asking the policy")


def names_methods_only() -> bool:
    """Say whether Flask itself answered which methods an address takes, without asking any view."""
    return request.method == "OPTIONS" and getattr(request.url_rule, "provide_automatic_options", False)


def init_app(app: Flask) -> None:
    """Watch every answer; files of ``static`` are open."""
    if "static" in app.view_functions:
        app.view_functions["static"] = public(app.view_functions["static"])
    app.after_request(check_asked)
