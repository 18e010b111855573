"""How the code is cut: short files, short functions, plain names, and a word at the head of each module."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.checkout import PACKAGES, ROOT, committed, modules, syntax

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
MOST_LOOSE = 8
"""In a thousand lines of the heart: what is `Any`, or `JSON`, which is `Any` by another name."""
LOOSE = frozenset({"Any", "JSON"})
BANNED_WORDS = {"util", "utils", "helper", "helpers", "manager", "managers", "misc", "common"}


def test_no_file_is_too_long() -> None:
    lengths = {path: len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in _python_files()}
    assert {str(path): length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_too_long() -> None:
    long = {
        f"{path}:{function.lineno} {function.name}": length
        for path in _python_files()
        for function in _functions(syntax(path))
        if (length := (function.end_lineno or function.lineno) - function.lineno + 1) > LONGEST_FUNCTION
    }
    assert long == {}


def test_every_module_says_what_it_is() -> None:
    assert [str(path) for path in modules() if not ast.get_docstring(syntax(path))] == []


def test_importing_a_package_imports_nothing_else() -> None:
    busy = [str(path) for path in modules() if path.name == "__init__.py" and len(syntax(path).body) != 1]
    assert busy == []


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {path.parent for path in modules()}
    assert [str(folder) for folder in sorted(folders) if not (ROOT / folder / "__init__.py").is_file()] == []


def test_names_are_plain_words() -> None:
    named = [*_names_of_files(), *_names_of_definitions()]
    assert [name for name in named if BANNED_WORDS & set(_words(name.rsplit(" ", 1)[-1]))] == []


def test_the_heart_says_what_it_works_with() -> None:
    files = [path for path in modules() if path.parts[:2] == ("interpreter", "core")]
    lines = sum(len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in files)
    loose = {str(path): count for path in files if (count := len(list(_loose(syntax(path)))))}
    assert lines > 1000
    assert 1000 * sum(loose.values()) / lines <= MOST_LOOSE, loose


def test_what_is_loose_is_counted_in_every_annotation() -> None:
    function = "def f(a: dict[str, Any], b: 'list[Any]') -> JSON: ..."
    code = f"from typing import Any\nx: Any = 1\n{function}\nT = Callable[[Any], str]"
    assert sorted(_loose(ast.parse(code))) == ["Any", "Any", "Any", "Any", "JSON"]


def test_the_measure_can_fail() -> None:
    tree = ast.parse("class ThingManager:\n    def run(self):\n" + "        pass\n" * LONGEST_FUNCTION)
    (function,) = _functions(tree)
    assert (function.end_lineno or 0) - function.lineno + 1 > LONGEST_FUNCTION
    assert BANNED_WORDS & set(_words("ThingManager"))
    assert BANNED_WORDS & set(_words("string_utils"))


def _python_files() -> list[Path]:
    return [path for path in committed() if path.suffix == ".py"]


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _loose(tree: ast.Module) -> Iterator[str]:
    """Each use, also inside of an annotation that is a text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in LOOSE:
            yield node.id
        for annotation in (getattr(node, part, None) for part in ("annotation", "returns")):
            if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
                yield from _loose(ast.parse(annotation.value))


def _names_of_files() -> Iterator[str]:
    for path in committed():
        if path.parts[0] in PACKAGES:
            yield from (f"{path} {Path(part).stem}" for part in path.parts)


def _names_of_definitions() -> Iterator[str]:
    for path in modules():
        for node in ast.walk(syntax(path)):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path}:{node.lineno} {node.name}"


def _words(name: str) -> list[str]:
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return spaced.replace("_", " ").split()
