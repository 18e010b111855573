"""Pictures in a Markdown file: what stands between two comments is written anew, and nothing else is touched.

    <!-- dsl graph examples/support.flow -->
    …
    <!-- end dsl graph -->

The first says what is drawn: a file, from the folder of this one, and a flow of it where it has several; `--alone`
leaves out what that flow calls. A marker stands alone on its line, and is none where the line is part of a block of
code: so a page can show how it is done.
"""

import shlex
from collections.abc import Callable, Iterator

from dsl.dataclass import dataclass
from dsl.regex import regex

BEGIN = regex(r"<!--\s*dsl graph\s+(?P<what>.*?)\s*-->")
END = regex(r"<!--\s*end dsl graph\s*-->")
_FENCE = regex(r"(`{3,}|~{3,})")


class BadMarker(ValueError):
    """The words say which line, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a marker asks for."""

    file: str
    flow: str | None = None
    alone: bool = False


def injected(text: str, drawn: Callable[[Asked], str]) -> str:
    """The text with the pictures that `drawn` gives, as Mermaid. Raises `BadMarker`."""
    return "".join(_lines(text, drawn))


def _lines(text: str, drawn: Callable[[Asked], str]) -> Iterator[str]:
    fence, begun = "", 0
    end = "\r\n" if "\r\n" in text else "\n"
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        bare = line.strip()
        if begun:
            if END.fullmatch(bare):
                begun = 0
                yield line
            elif BEGIN.fullmatch(bare):
                raise BadMarker(f"line {begun}: there is no <!-- end dsl graph --> before the next picture")
            continue
        yield line
        fence = _fence_after(bare, fence)
        if fence:
            continue
        found = BEGIN.fullmatch(bare)
        if found is not None:
            begun = number
            picture = f"```mermaid\n{drawn(_asked(found['what'], number))}```\n"
            yield picture.replace("\n", end) if line.endswith("\n") else end + picture
        elif END.fullmatch(bare):
            raise BadMarker(f"line {number}: no <!-- dsl graph FILE --> stands before this end")
    if begun:
        raise BadMarker(f"line {begun}: there is no <!-- end dsl graph --> after it")


def _fence_after(line: str, fence: str) -> str:
    """What ends the block of code that we are in behind this line; nothing where we are in none."""
    found = _FENCE.match(line)
    if found is None:
        return fence
    if not fence:
        return found[1]
    return "" if line.startswith(fence) and set(line) <= {fence[0]} else fence


def _asked(what: str, number: int) -> Asked:
    try:
        words = shlex.split(what)
    except ValueError as error:
        raise BadMarker(f"line {number}: {str(error).lower()}") from error
    alone = "--alone" in words
    names = [word for word in words if word != "--alone"]
    if not 1 <= len(names) <= 2 or any(name.startswith("-") for name in names):
        raise BadMarker(f"line {number}: a picture is asked for as <!-- dsl graph FILE [FLOW] [--alone] -->")
    return Asked(names[0], names[1] if len(names) == 2 else None, alone)
