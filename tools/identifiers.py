"""Fail where a tracked file holds what could be somebody's health-insurance or social-insurance number.

Both are refused only where they could be real: with a date that can be one, or with the right last
digit and a first one that is given to people. Numbers made up for examples can avoid that: a month of
13, a first digit of 0.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BETWEEN = "[ \u00a0\u202f-]"
HEALTH = re.compile(
    rf"(?<![A-Za-z0-9])[A-Za-z]{{4}}{BETWEEN}?(\d{{2}})(\d{{2}}){BETWEEN}?(\d{{2}})\d{{2}}(?![A-Za-z0-9])"
)
SOCIAL = re.compile(
    rf"(?<![\d.,-])(?<!\d{BETWEEN})(\d{{3}})({BETWEEN})(\d{{3}})\2(\d{{3}})(?!\d|{BETWEEN}?\d)"
)
OF_WOMEN = 50
"""Added to the month of birth in the health-insurance number of a woman."""
MONTHS, DAYS = range(1, 13), range(1, 32)
NOT_PEOPLES = "08"
"""First digits of social-insurance numbers that nobody is given."""
NUL = b"\0"
LAST_SINGLE = 9


def find_numbers(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line of each number that could be somebody's, and which kind it is; never the number."""
    for number, line in enumerate(text.splitlines(), 1):
        if any(is_date(*map(int, found.groups()[1:])) for found in HEALTH.finditer(line)):
            yield number, "health-insurance"
        if any(is_social("".join(found.group(1, 3, 4))) for found in SOCIAL.finditer(line)):
            yield number, "social-insurance"


def is_date(month: int, day: int) -> bool:
    """Say whether the date in a health-insurance number can be one."""
    return (month in MONTHS or month - OF_WOMEN in MONTHS) and day in DAYS


def is_social(digits: str) -> bool:
    """Say whether nine digits can be a person's: by the formula of Luhn, and by the first one."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(digits)]
    total = sum(each - LAST_SINGLE if each > LAST_SINGLE else each for each in doubled)
    return digits[0] not in NOT_PEOPLES and total % 10 == 0


def list_tracked(root: Path) -> list[Path]:
    """Return the tracked files that are there."""
    listed = subprocess.run(["git", "ls-files", "-z"], check=True, cwd=root, capture_output=True)
    paths = [root / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def find_in_files(paths: Iterable[Path]) -> Iterator[str]:
    """Yield what is wrong, by file and line; files that are no text are left out."""
    for path in paths:
        content = path.read_bytes()
        if NUL not in content:
            for line, kind in find_numbers(content.decode("utf-8", "replace")):
                yield f"{path}:{line}: this could be somebody's {kind} number"


def main(root: Path = ROOT) -> int:
    """Print each; fail if there is one, or if nobody can say what is tracked."""
    try:
        paths = list_tracked(root)
    except (OSError, subprocess.CalledProcessError):
        print("Numbers of people: git cannot say which files are tracked; nothing was looked at.")
        return 1
    found = list(find_in_files(paths))
    for each in found:
        print(each)
    print(f"Numbers of people: {len(found)} in {len(paths)} files.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
