"""Writes letters from templates/email/<kind>.<language>.txt, whose first line is the subject."""

from __future__ import annotations

from flask import current_app
from jinja2 import Environment, StrictUndefined, TemplateNotFound, UndefinedError

from referral.mail.letters import Letter, LetterError, Message, check_message, split_letter


def write_letter(message: Message) -> Letter:
    """Write a letter in its language; raises LetterError where something lacks or may not be there."""
    check_message(message)
    environment: Environment = current_app.jinja_env.overlay(undefined=StrictUndefined)
    try:
        template = environment.get_template(f"email/{message.kind}.{message.language}.txt")
        text = template.render(**message.values)
    except TemplateNotFound as error:
        raise LetterError("kind") from error
    except UndefinedError as error:
        raise LetterError("values") from error
    return split_letter(message.to, text)
