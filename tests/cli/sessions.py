"""Pages that are followed as a reader would: their files are written, their commands typed, what comes is compared.

A block after a line that is only a file's name in backquotes and a colon is that file. A block that begins with `$ ` is
what is typed and what comes: of all that `dsl` prints, standard error first. `export NAME=VALUE`, `sed` and `chmod`
are, too; `> FILE` says where to, and ` &` that it goes on. `…` stands for anything, on a line of its
own for any lines. `(ends with 1)` after the command is its exit code; else it is 0.
"""

import re
import shlex
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.cli.conftest import PATIENCE, Dsl

_BLOCK = re.compile(r"(?:^`(?P<file>[\w./-]+)`:\n\n)?^```\w*\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
_WORD = re.compile(r"""(?:[^\s"']|"[^"]*"|'[^']*')+""")
_STARTS = re.compile(r"dsl (?:run|submit|keys|check|plan|fmt|encryption-key)\b|sed |chmod ")
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
    """How many commands were typed. What ends with ` &` stays until the end, and with something at work a command that
    looks or answers is typed again until it is as the page says."""
    typed, at_work = 0, []
    try:
        for step in steps(page):
            if step.writes:
                (dsl.folder / step.command).write_text(step.text, encoding="utf-8")
                continue
            typed += 1
            if step.command.endswith(" &"):
                at_work.append(dsl.start(*_words(step.command.removesuffix(" &"))[1:]))
                at_work[-1].until("working on")
            elif step.command.startswith("export "):
                name, _, value = step.command.removeprefix("export ").partition("=")
                dsl.environment[name] = value
            else:
                _typed(step, dsl, patient=bool(at_work) and not _STARTS.match(step.command))
    finally:
        for running in at_work:
            running.process.kill()
            running.process.wait()
    return typed


def _typed(step: Typed, dsl: Dsl, *, patient: bool) -> None:
    deadline = time.monotonic() + (PATIENCE if patient else 0)
    while True:
        code, printed = _run(step.command, dsl)
        if code == step.code and matches(step.text, printed):
            return
        if time.monotonic() >= deadline:
            assert code == step.code, f"$ {step.command} ended with {code}\n{printed}"
            assert matches(step.text, printed), f"$ {step.command}\n{printed}"
        time.sleep(0.3)


def _run(command: str, dsl: Dsl) -> tuple[int, str]:
    """The exit code, and what is printed: standard error first, without what goes into a file."""
    words = _words(command)
    if words[0] in ("sed", "chmod"):
        ended = subprocess.run(words, cwd=dsl.folder, capture_output=True, text=True, check=False)
        return ended.returncode, ended.stderr + ended.stdout
    assert words[0] == "dsl", command
    into = words[-1] if words[-2:-1] == [">"] else None
    told = dsl(*words[1:-2] if into else words[1:])
    if into:
        (dsl.folder / into).write_text(told.out, encoding="utf-8")
    return told.code, (told.err + ("" if into else told.out)).rstrip() + "\n"


def _words(command: str) -> list[str]:
    """As a shell would take them, but for JSON, whose quotes are meant."""
    return [word if word.startswith("{") else shlex.split(word)[0] for word in _WORD.findall(command)]


def matches(shown: str, printed: str) -> bool:
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "…" else r"[^\n]*?".join(map(re.escape, line.split("…"))) + r" *\n"
        for line in shown.rstrip().split("\n")
    )
    return re.fullmatch(pattern, printed) is not None if shown.strip() else not printed.strip()


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
