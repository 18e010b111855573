"""The answer of `dsl check` where all of it is known and there is nothing to tell: at once, with hardly an import.

What is not as simple as that is left to the command itself, which says the same.
"""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dsl.cli.kept.answers import Answers

FORMATS = ("text", "concise", "github")
"""Those that say nothing of a file without problems."""


def answered(arguments: Sequence[str]) -> bool:
    """Whether it was `dsl check`, all was known to be well, and that has been said."""
    paths = _paths(arguments)
    if not paths:
        return False
    from dsl.cli.kept.answers import Answers
    from dsl.cli.searching import NoFile, names

    closed: list[str] = []
    try:
        found = names(paths, closed)
    except NoFile:
        return False
    answers = Answers()
    if closed or not all(_is_clean(name, answers) for name in found):
        return False
    files = "1 file" if len(found) == 1 else f"{len(found)} files"
    sys.stderr.write(f"no problems in {files}\n")
    return True


def _paths(arguments: Sequence[str]) -> list[str]:
    """Of a command line that is understood here; none otherwise."""
    if len(arguments) < 2 or arguments[0] != "check" or any(name.endswith("_COMPLETE") for name in os.environ):
        return []
    paths = []
    rest = iter(arguments[1:])
    for each in rest:
        if not each.startswith("-"):
            paths.append(each)
        elif each == "--format" or each.startswith("--format="):
            form = next(rest, "") if each == "--format" else each.partition("=")[2]
            if form not in FORMATS:
                return []
        elif each != "--strict":
            return []
    return paths


def _is_clean(name: str, answers: "Answers") -> bool:
    known = answers.text(name) if os.path.isfile(name) else None  # a pipe can be read once
    if known is None:
        return False
    key = answers.key(name, known[0])
    answer = None if key is None else answers.look_up(name, key)
    return answer is not None and not answer.found
