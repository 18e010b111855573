"""What a look-up can tell of a call whose outcome is not known, by the types of both."""

import pytest

from tests.checks.test_at_its_edges import says, told

NULL = "never answers null"
SHAPES = {
    "object": ("{ id: text }", "map[int]"),
    "list": ("[int] at most 3",),
    "text": ("text", '"a" | "b"'),
    "number": ("int",),
    "bool": ("bool",),
    "": ("decimal", "json"),
}
TYPES = [(shape, type_) for shape, types in SHAPES.items() for type_ in types]


def verified(found: str, wanted: str) -> str:
    returns = f"-> {wanted} " if wanted else ""
    looks = f"-> {found} " if found else ""
    return (
        f"tool look(key: text) {looks}read\n"
        f"tool make(a: text) {returns}write final {{ verify look(key: key) }}\nflow main() {{ sleep 1s }}"
    )


@pytest.mark.parametrize(("shape", "found"), TYPES)
@pytest.mark.parametrize(("other", "wanted"), TYPES)
def test_what_has_another_shape_is_not_what_was_to_come(shape: str, found: str, other: str, wanted: str) -> None:
    optional = found if found == "json" else f"({found})?" if "|" in found else f"{found}?"
    if "at most" in optional:
        optional = optional.replace("] at most", " at most").replace("?", "]?")
    text = verified(optional, wanted)
    if "(" in optional:
        text = f"type Word = {found}\n" + verified("Word?", wanted)
    fits = not shape or not other or shape == other
    lacks = found == "map[int]" and wanted == "{ id: text }"
    assert (told("SF402", text) == []) is (fits or lacks)


@pytest.mark.parametrize(
    ("found", "wanted", "words"),
    [
        ("", "", "answers nothing, and to `verify` that says each time that it did not happen"),
        ("", "{ id: text }", "answers nothing"),
        ("bool?", "", "answers yes or no, and to `verify` only null says that it did not happen"),
        ("bool?", "bool", None),
        ("text?", "", None),
        ("{ id: text }?", "{ id: text }", None),
        ("{ id: text, more: int }?", "{ id: text }", None),
        ("{ more: int }?", "{ id: text }", "has no `id`, which `make` answers with"),
        ("{ more: int }?", "{ id: text? }", None),
        ("{ more: int }?", '{ id: text = "x" }', None),
        ("{ id: int }?", "{ id: text }", None),
        ("{ a: int }?", "{ id: text, b: int, a: int }", "has no `id`"),
        ("{ id: text }", "{ id: text }", NULL),
        ("json", "{ id: text }", None),
        ("text", "text", NULL),
        ("text?", "int", "`look` finds text, and `make` answers with int"),
    ],
)
def test_what_it_lacks(found: str, wanted: str, words: str | None) -> None:
    says("SF402", verified(found, wanted), words)


@pytest.mark.parametrize(
    ("effect", "more", "undo", "told_of"),
    [
        ("write", "", "undo(result.id)", True),
        ("write", "", "undo(a)", False),
        ("write keyed", "", "undo(result.id)", False),
        ("idempotent", "", "undo(result.id)", False),
        ("irreversible", "", "undo(result.id)", True),
        ("write", "verify look(key: key) ", "undo(result.id)", False),
        ("write", 'verify none "so" ', "undo(result.id)", False),
        ("write", "", 'none "so"', False),
    ],
)
def test_an_undo_that_reads_the_result_needs_to_know_it(effect: str, more: str, undo: str, told_of: bool) -> None:
    tools = "tool undo(id: text) idempotent\ntool look(key: text) -> { id: text }? read\n"
    tool = f"tool make(a: text) -> {{ id: text }} {effect} {{ {more}compensate {undo} }}\n"
    assert bool(told("SF402", f"{tools}{tool}flow main() {{ sleep 1s }}")) is told_of
    plain = (
        f"tool make(a: text) -> {{ id: text }} {effect} {{ {more}}}\n"
        if more
        else f"tool make(a: text) -> {{ id: text }} {effect}\n"
    )
    step = undo.replace("(a)", '("x")')
    called = f'flow main() -> text {{ step x = make("a") {{ compensate {step} }} return x.id }}'
    assert bool(told("SF402", f"{tools}{plain}{called}")) is told_of


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ("tool look(key: text) -> { id: text }? idempotent", "`look` is not a `read` tool"),
        ("flow look(key: text) -> { id: text }? { return null }", "`look` is not a `read` tool"),
        ("tool look(key: text) -> { id: text }? read", None),
        ("", None),
    ],
)
def test_what_looks_up_only_reads(declared: str, words: str | None) -> None:
    tool = "tool make(a: text) -> { id: text } write final { verify look(key: key) }"
    text = f"{declared}\n{tool}\nflow main() {{ sleep 1s }}"
    says("SF402", text, words)
