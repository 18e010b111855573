"""The one door for whoever reads a flow from a file: a text stays what it is, a definition as data becomes one."""

from dsl.decompiling.forms import format_of
from dsl.source import Source


def source_of(name: str, text: str) -> Source:
    """The text to check, under the name of its file. Raises `Unreadable` for data that is no definition."""
    form = format_of(name, text)
    if form is None:
        return Source(name, text)
    from dsl.decompiling.data import read

    return Source(name, read(text, form, name).text)
