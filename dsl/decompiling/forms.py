"""Which files are definitions as data, by their names, and from nowhere by how they begin. Nothing is imported here
that takes long: every file that is read is asked for."""

from typing import Literal

from dsl.regex import regex

Format = Literal["json", "yaml"]
SUFFIXES: dict[str, Format] = {".json": "json", ".yaml": "yaml", ".yml": "yaml"}
_FLOW = ".flow"
_YAML = regex(
    r"(?:[ \t]*(?:#[^\n]*)?\n|---[ \t]*\n)*[\"']?(?:format|edition|flow|flows|tools|agents|types)[\"']?:(?:[ \t\n]|\Z)"
)


def format_of(name: str, text: str) -> Format | None:
    """None for a text of the language. A name with no ending that is known here says nothing: the text is looked at."""
    lower = name.lower()
    if lower.endswith(_FLOW):
        return None
    known = next((form for suffix, form in SUFFIXES.items() if lower.endswith(suffix)), None)
    if known is not None:
        return known
    if text.lstrip().startswith("{"):
        return "json"
    return "yaml" if _YAML.match(text) else None
