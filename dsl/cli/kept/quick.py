"""The answer of `dsl check` where there is nothing to tell: without click, and with hardly an import if all is known.

A file or two of which nothing is known yet are looked at here too. What is not as simple as that is left to the command
itself, which says the same: it finds what was kept here, and shows how far it is with many.
"""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dsl.cli.kept.answers import Answers

MOST_UNKNOWN = 2
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
    if closed or answers.program is None or not _all_clean(found, answers):
        return False
    answers.close()
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


def _all_clean(names: Sequence[str], answers: "Answers") -> bool:
    """What is known comes first: it costs nothing, and may be enough to know that there is something to tell."""
    unknown: dict[str, tuple[str, str]] = {}
    for name in names:
        known = answers.text(name) if os.path.isfile(name) else None  # a pipe can be read once
        key = None if known is None else answers.key(name, known[0])
        if known is None or key is None:
            return False
        answer = answers.look_up(name, key)
        if answer is None:
            unknown[name] = known[0], key
        if len(unknown) > MOST_UNKNOWN or (answer is not None and answer.found):
            return False
    return all(_is_found_clean(name, text, key, answers) for name, (text, key) in unknown.items())


def _is_found_clean(name: str, text: str, key: str, answers: "Answers") -> bool:
    from dsl.linking.project import ENDING

    if not name.endswith(ENDING):  # it may be a definition as data
        return False
    from dsl.cli.loading import loading

    with loading():
        from dsl.cli.kept.finding import find
        from dsl.models.configured import models_for
        from dsl.source import Source
    try:
        return not find(Source(name, text), models_for(os.path.dirname(name)), answers, key).diagnostics
    except Exception:  # noqa: BLE001 - the command meets it too, and says what it is
        return False
