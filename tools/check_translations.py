"""Fail where the French translation is behind the code: missing, fuzzy or no longer used.

Compares what Babel extracts now with the French catalogue, so that no template of messages
has to be kept up to date besides. ``--update`` adds what is new to the catalogue, untranslated.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
FRENCH = ROOT / "referral/i18n/translations/fr/LC_MESSAGES/messages.po"
SOURCES = ("referral", "templates")
KEYWORDS = ("lazy_gettext", "lazy_ngettext", "_l", "N_")


def extract(target: Path) -> None:
    """Write the messages that the code and the templates ask for."""
    marked = [f"--keyword={keyword}" for keyword in KEYWORDS]
    left_out = "--ignore-dirs=.* _* instance build tests bench tools"
    _babel("extract", "--mapping=babel.cfg", f"--output={target}", "--sort-by-file", left_out, *marked, ".")


UPDATE = ("--no-fuzzy-matching", "--ignore-obsolete", "--no-wrap")


def update(template: Path) -> None:
    """Add what is new to the French catalogue and drop what is gone; guess nothing."""
    _babel("update", f"--input-file={template}", f"--output-file={FRENCH}", "--locale=fr", *UPDATE)


def faults(wanted: Catalog, catalogue: Catalog) -> Iterator[str]:
    """Say what is wrong with each message that is not right."""
    asked, written = by_id(wanted), by_id(catalogue)
    for text in sorted(asked.keys() - written.keys()):
        yield f"not in the French catalogue: {text!r}"
    for text in sorted(written.keys() - asked.keys()):
        yield f"no longer asked for by the code: {text!r}"
    for text in sorted(asked.keys() & written.keys()):
        if not is_complete(written[text]):
            yield f"not translated, or only guessed: {text!r}"


def by_id(catalogue: Catalog) -> dict[str, Message]:
    """Return the messages of a catalogue by what is looked up: context and singular form."""
    return {
        f"{message.context or ''}{message.id if isinstance(message.id, str) else message.id[0]}": message
        for message in catalogue
        if message.id
    }


def is_complete(message: Message) -> bool:
    """Answer whether every form of a message is translated and nobody marked it as a guess."""
    forms = (message.string,) if isinstance(message.string, str) else message.string
    return all(forms or ("",)) and not message.fuzzy


def read(path: Path) -> Catalog:
    """Read a catalogue of messages."""
    with path.open(encoding="utf-8") as file:
        return read_po(file, locale="fr")


def _babel(command: str, *arguments: str) -> None:
    babel = [sys.executable, "-m", "babel.messages.frontend", "--quiet", command]
    subprocess.run([*babel, *arguments], check=True, cwd=ROOT)


def main(arguments: list[str]) -> int:
    """Print each fault; fail if there is one."""
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "messages.pot"
        extract(template)
        if "--update" in arguments:
            update(template)
        found = list(faults(read(template), read(FRENCH)))
    for fault in found:
        print(fault)
    print(f"French translations: {len(found)} faults.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
