"""What is no definition, in words."""


class Unreadable(Exception):
    """`pointer` is the place in the data, as a JSON pointer, where there is one; `help` is one thing to do."""

    def __init__(self, message: str, help: str | None = None, pointer: str | None = None) -> None:
        super().__init__(message if pointer is None else f"{message}, at `{pointer or '/'}`")
        self.help = help
        self.pointer = pointer
