"""The policy, asked from a view; a view that forgets to ask never answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, Response, abort, current_app, g, request

from referral.access.policy import Actor, Permission, Target, permits

PUBLIC = "is_public"
FIRST_ERROR = 400
LOADER = "relais.actor_loader"
View = TypeVar("View", bound=Callable[..., object])


def public(view: View) -> View:
    """Mark a view that anyone may see."""
    setattr(view, PUBLIC, True)
    return view


def load_actors_with(app: Flask, loader: Callable[[], Actor | None]) -> None:
    """Say how this application knows who asks; until then it is always nobody."""
    app.extensions[LOADER] = loader


def require(permission: Permission, target: Target | None = None) -> Actor:
    """Return the actor, or answer 404 so that a refusal reveals nothing."""
    g.policy_asked = True
    loader: Callable[[], Actor | None] = current_app.extensions.get(LOADER, lambda: None)
    actor = loader()
    if actor is None or not permits(actor, permission, target):
        abort(404)
    return actor


def check_asked(response: Response) -> Response:
    """Refuse to send a page that neither asked the policy nor is marked public."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or response.status_code >= FIRST_ERROR:
        return response
    if getattr(view, PUBLIC, False) or g.get("policy_asked"):
        return response
    raise RuntimeError(f"{request.endpoint} answered without asking the policy")


def init_app(app: Flask) -> None:
    """Watch every answer; files of ``static`` are open."""
    if "static" in app.view_functions:
        app.view_functions["static"] = public(app.view_functions["static"])
    app.after_request(check_asked)
