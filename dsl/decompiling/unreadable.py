"""What is no definition, in words."""

LONGEST = 200
"""Characters of a pointer that are shown."""


class Unreadable(Exception):
    """`pointer` is the place in the data, as a JSON pointer, where there is one; `help` is one thing to do."""

    def __init__(self, message: str, help: str | None = None, pointer: str | None = None) -> None:
        shown = pointer if pointer is None or len(pointer) <= LONGEST else f"{pointer[:LONGEST]}…"
        super().__init__(message if shown is None else f"{message}, at `{shown or '/'}`")
        self.help = help
        self.pointer = pointer
