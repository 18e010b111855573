"""What people type and keep in files: JSON, `name=value`, YAML."""

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

from dsl.diagnostics.inert import inert
from dsl.expressions.json_reading import exact
from interpreter.boundary.payloads import JSON
from interpreter.cli.problem import Misuse

BYTE_ORDER_MARK = "\ufeff"
FILE = "$file"
"""The one key of an object that stands for a file."""
DEEPEST = 200
"""Of lists and objects inside of each other: what is done with them later goes down by recursion."""
_MANY = 60
NO_TEXTS: Mapping[str, bool] = MappingProxyType({})


def read_input(
    given: str | None,
    assignments: Sequence[str],
    texts: Mapping[str, bool] = NO_TEXTS,
    files: Sequence[str] = (),
) -> JSON:
    """The input of a run: a file, `-` for standard input, or the JSON itself; then what was set one by one."""
    value: JSON = {} if given is None else parse_json(*_text_of(given))
    if given is not None and given != "-":
        value = _with_paths(value, _folder_of(given))
    if not assignments and not files:
        return value
    if not isinstance(value, dict):
        raise Misuse("--set and --file need an --input that is a JSON object, or none")
    return value | read_assignments(assignments, texts) | _files(files)


def _files(assignments: Sequence[str]) -> dict[str, JSON]:
    """`name=path`; several of one name are a list."""
    found: dict[str, JSON] = {}
    for assignment in assignments:
        if not _is_assignment(assignment):
            raise Misuse(f"expected name=path, not {_short(assignment)}")
        name, _, path = assignment.partition("=")
        name = name.strip()
        before = found.get(name)
        found[name] = (
            Path(path) if before is None else [*(before if isinstance(before, list) else [before]), Path(path)]
        )
    return found


def _with_paths(value: JSON, folder: Path) -> JSON:
    """`{"$file": "photo.png"}` is a file beside the input. What comes by standard input is data, often of others, and
    names no file of this machine.
    """
    if isinstance(value, dict):
        if value.keys() == {FILE} and isinstance(value[FILE], str):
            return folder / value[FILE]
        return {name: _with_paths(item, folder) for name, item in value.items()}
    return [_with_paths(item, folder) for item in value] if isinstance(value, list) else value


def _folder_of(given: str) -> Path:
    return Path() if given.lstrip()[:1] in ("{", "[") else Path(given).parent


def read_answer(parts: Sequence[str], texts: Mapping[str, bool] = NO_TEXTS, *, what: str = "the answer") -> JSON:
    """The answer to a question, or what else is said there: one JSON text, or `field=value` for each field."""
    if not parts:
        return None
    if len(parts) == 1 and not _is_assignment(parts[0]):
        return travelling(parse_json(typed(parts[0]), what))
    return travelling(read_assignments(parts, texts))


def read_assignments(assignments: Sequence[str], texts: Mapping[str, bool]) -> dict[str, JSON]:
    """`name=value`. A value that is JSON is that, everything else is text: `amount=12.50`, `note=all well`. What one of
    `texts` gets is the text that was typed, `zip=01234`; true there says that it may be null, `zip=null`."""
    values: dict[str, JSON] = {}
    for assignment in map(typed, assignments):
        if not _is_assignment(assignment):
            raise Misuse(f"expected name=value, not {_short(assignment)}{_whole_value(assignment)}")
        name, _, text = assignment.partition("=")
        name = name.strip()
        if name in values:
            raise Misuse(f"{name} is given twice: {_short(assignment)}")
        is_text = name in texts and not (texts[name] and text == "null")
        values[name] = text if is_text else _json_or_text(text)
    return values


def typed(text: str) -> str:
    """What stands on a command line as the text that was meant. Where the locale knows no UTF-8, Python hands over what
    it could not read as single bytes; paths are made of those, a value is a text."""
    if not any("\udc80" <= character <= "\udcff" for character in text):
        return text
    try:
        return os.fsencode(text).decode("utf-8")
    except UnicodeEncodeError:  # half of a character that no byte stands for
        return text
    except UnicodeDecodeError as error:
        shown = inert(_short(text.encode("ascii", "replace").decode()))
        raise Misuse(
            f"{shown} is not UTF-8 text: byte {error.start} is {error.object[error.start]:#04x}; "
            "give it in a file with --input, or set a locale of UTF-8, such as LC_ALL=C.UTF-8"
        ) from error


def _whole_value(assignment: str) -> str:
    """What to write instead of `ticket.id=5`."""
    name, is_path, field = assignment.partition("=")[0].partition(".")
    return f": give the whole value as JSON, as in {name}='{{\"{field}\": …}}', or use a file" if is_path else ""


def parse_json(text: str, name: str) -> JSON:
    """Fractions keep their digits: they may be money."""
    try:
        return _shallow(exact(text))
    except json.JSONDecodeError as error:
        raise Misuse(f"{name} is not JSON: line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise Misuse(f"{name} is nested too deep") from error
    except ValueError as error:
        raise Misuse(f"{name} cannot be used: {error}") from error


def _shallow(value: JSON) -> JSON:
    """The value itself; raises `RecursionError` as the reader does of what is deeper still."""
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [part for each in level for part in _parts(each)]
        if not level:
            return value
    raise RecursionError


def _parts(value: JSON) -> Iterable[JSON]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def travelling(value: JSON) -> JSON:
    """Without `Decimal`, which JSON has no word for: a number where that loses nothing, else the text of its digits."""
    if isinstance(value, Decimal):
        return float(value) if Decimal(repr(float(value))) == value else str(value)
    if isinstance(value, dict):
        return {key: travelling(item) for key, item in value.items()}
    return [travelling(item) for item in value] if isinstance(value, list) else value


def read_text(path: str | Path) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise Misuse(f"there is no file {path}") from error
    except IsADirectoryError as error:
        raise Misuse(f"{path} is a folder, not a file") from error
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise Misuse(f"{path} is not UTF-8 text: byte {error.start} is {byte:#04x}") from error
    except OSError as error:
        raise Misuse(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from error


def _text_of(given: str) -> tuple[str, str]:
    """The text, and what to call it."""
    if given == "-":
        return sys.stdin.read().removeprefix(BYTE_ORDER_MARK), "standard input"
    if given.lstrip()[:1] in ("{", "["):
        return typed(given), "the input"
    return read_text(given), given


def _is_assignment(text: str) -> bool:
    name, equals, _ = text.partition("=")
    return bool(equals) and name.strip().isidentifier()


def _json_or_text(text: str) -> JSON:
    try:
        return _shallow(exact(text))
    except json.JSONDecodeError:
        return text
    except (ValueError, RecursionError) as error:
        if text.lstrip()[:1] not in ("{", "["):
            return text  # `NaN`, or so many digits that they are none
        raise Misuse(f"{_short(text)} cannot be used: {error}") from error


def _short(text: str) -> str:
    return text if len(text) <= _MANY else text[: _MANY - 1] + "…"
