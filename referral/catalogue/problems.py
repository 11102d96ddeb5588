"""What is wrong, or only worth a look, in a file: where, and why, in words that can be translated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

MOST_PROBLEMS = 100


def N_(msgid: str) -> str:  # noqa: N802 - the name that extraction of messages knows
    """Mark a message for translation where it is written; it is translated where it is shown."""
    return msgid


AT_COLUMN = N_("%(file)s, line %(line)s, column %(column)s: %(reason)s")
AT_LINE = N_("%(file)s, line %(line)s: %(reason)s")
IN_FILE = N_("%(file)s: %(reason)s")


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about one place of a file; ``reason`` is an English msgid that ``values`` fill."""

    file: str
    line: int | None
    column: str | None
    reason: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return self.text(str)

    def text(self, translate: Callable[[str], str]) -> str:
        """Say it in the language that ``translate`` speaks."""
        frame = AT_COLUMN if self.column else AT_LINE if self.line else IN_FILE
        reason = translate(self.reason) % self.values
        return translate(frame) % {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "reason": reason,
        }


class Problem(Remark):
    """A reason to refuse the whole import."""

    __slots__ = ()


class Flag(Remark):
    """Something that a person should look at; the import goes on."""

    __slots__ = ()


class CellError(ValueError):
    """A cell does not hold what its column asks; ``reason`` is a msgid that ``values`` fill."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason % values)
        self.reason = reason
        self.values = values


class ImportRefusedError(Exception):
    """Nothing was imported; ``problems`` are the first of ``total``, in the order of the files."""

    def __init__(self, problems: tuple[Problem, ...], total: int | None = None) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
        self.total = total or len(problems)


class Remarks:
    """Gathers problems and flags while files are read; keeps the first problems and counts the rest."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.flags: list[Flag] = []
        self.total = 0

    def refuse(self, file: str, line: int | None, column: str | None, reason: str, **values: object) -> None:
        """Note a reason to refuse."""
        self.total += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(file, line, column, reason, values))

    def flag(self, file: str, line: int | None, column: str | None, reason: str, **values: object) -> None:
        """Note something to look at."""
        self.flags.append(Flag(file, line, column, reason, values))

    def check(self) -> None:
        """Raise ImportRefusedError if anything was refused."""
        if self.problems:
            raise ImportRefusedError(tuple(self.problems), self.total)

    def of(self, file: str) -> FileRemarks:
        """Return these remarks as seen from one file."""
        return FileRemarks(file, self)


@dataclass(frozen=True, slots=True)
class FileRemarks:
    """Gathers what is wrong in one file."""

    file: str
    all: Remarks

    def refuse(self, line: int | None, column: str | None, reason: str, **values: object) -> None:
        """Note a reason to refuse."""
        self.all.refuse(self.file, line, column, reason, **values)

    def flag(self, line: int | None, column: str | None, reason: str, **values: object) -> None:
        """Note something to look at."""
        self.all.flag(self.file, line, column, reason, **values)
