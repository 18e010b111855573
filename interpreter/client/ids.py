"""The one rule for ids of runs: one word that can be read, typed and put into a table."""

from interpreter.client.errors import IdRefused

LONGEST = 200
"""Bytes. The runs below have its id in theirs, and the server takes no more than a thousand."""


def checked_id(id: str) -> str:
    """The id. Raises `IdRefused`."""
    problem = _problem(id)
    if problem is not None:
        raise IdRefused(f"{id!a} cannot be the id of a run: {problem}")
    return id


def refuse_no_id(id: str) -> None:
    """Of a run that is looked for: others may start runs on the server by rules of their own, but none by these."""
    if not id:
        raise IdRefused("'' is the id of no run: it is empty")
    if any("\ud800" <= character <= "\udfff" for character in id):
        raise IdRefused(f"{id!a} is the id of no run: it is no text")


def _problem(id: str) -> str | None:
    if not id:
        return "it is empty"
    strange = next((character for character in id if not character.isprintable() or character.isspace()), None)
    if strange is not None:
        return f"blanks, line ends and what cannot be seen do not stand in one ({strange!a})"
    if id.startswith("-"):
        return "it looks like an option"
    size = len(id.encode())
    return f"it has {size} bytes, and at most {LONGEST} can be given" if size > LONGEST else None
