"""Pages that are followed as a reader would: their files are written, their commands typed, what comes is compared.

A block after a line that is only a file's name in backquotes and a colon is that file. A block that begins with `$ ` is
what is typed and what comes: of all that `dsl` prints, standard error first. `…` stands for anything, on a line of its
own for any lines. `(ends with 1)` after the command is its exit code; else it is 0.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.cli.conftest import Dsl

_BLOCK = re.compile(r"(?:^`(?P<file>[\w./-]+)`:\n\n)?^```\w*\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"  +# ends with (\d+)$")


@dataclass(frozen=True)
class Typed:
    """`expected` is None where a file is written: `command` is its name, `text` what is in it."""

    command: str
    code: int
    text: str
    writes: bool = False


def steps(page: str) -> Iterator[Typed]:
    for block in _BLOCK.finditer(page):
        if block["file"] is not None:
            yield Typed(block["file"], 0, block["text"], writes=True)
        elif block["text"].startswith("$ "):
            for part in re.split(r"^\$ ", block["text"], flags=re.MULTILINE)[1:]:
                command, _, printed = part.partition("\n")
                code = _CODE.search(command)
                yield Typed(_CODE.sub("", command), int(code[1]) if code else 0, printed)


def follow(page: str, dsl: Dsl) -> int:
    """How many commands were typed."""
    typed = 0
    for step in steps(page):
        if step.writes:
            (dsl.folder / step.command).write_text(step.text, encoding="utf-8")
            continue
        words = shlex.split(step.command)
        assert words[0] == "dsl", step.command
        ended = dsl(*words[1:])
        printed = (ended.err + ended.out).rstrip() + "\n"
        assert ended.code == step.code, f"$ {step.command}\n{printed}"
        assert matches(step.text, printed), f"$ {step.command}\n{printed}"
        typed += 1
    return typed


def matches(shown: str, printed: str) -> bool:
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "…" else r"[^\n]*?".join(map(re.escape, line.split("…"))) + r" *\n"
        for line in shown.rstrip().split("\n")
    )
    return re.fullmatch(pattern, printed) is not None if shown.strip() else not printed.strip()


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
