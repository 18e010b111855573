"""Models that are like others: what is not said of one is as with the other, and so on, to a model of the table.

Rows of a file and of the environment count together, so whether each of these ways ends is found out when both are
read.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from dsl.dataclass import replace
from dsl.models import known
from dsl.models.unusable import Unusable

if TYPE_CHECKING:
    from dsl.models.configured import Settings

NameOf = Callable[[str], str]
"""The name of the row that says something of a model, or the model's own at its provider."""


def check_likes(rows: Mapping[str, "Settings"], name_of: NameOf) -> None:
    """Raises `Unusable` where one is like itself, by however many others, or like one that nobody knows."""
    for name, row in rows.items():
        way = [name, *_way(rows, name, name_of)]
        if way[-1] in way[:-1]:
            told = " is like ".join(f'"{each}"' for each in way[way.index(way[-1]) :])
            raise Unusable(f"{row.place}, `like`: {told}; name another model, or leave `like` out of one of these")
        if row.like is not None and way[1] not in rows and not known.is_known(row.like):
            raise Unusable(f"{row.place}, `like`: {_unknown(row.like, [each for each in rows if each != name])}")


def inherited(rows: Mapping[str, "Settings"], name: str, name_of: NameOf) -> "Settings | None":
    """What is said of a model, also by way of those that it is like; `like` is then the last of them."""
    if name not in rows:
        return None
    said = rows[name]
    for model in _way(rows, name, name_of):
        said = replace(said if model not in rows else _both(said, rows[model]), like=model)
    return said


def _way(rows: Mapping[str, "Settings"], name: str, name_of: NameOf) -> Iterator[str]:
    """Those that `name` is like, in their order; one that stands there twice is the last."""
    seen = {name}
    while name in rows and (like := rows[name].like) is not None:
        name = name_of(like)
        yield name
        if name in seen:
            return
        seen.add(name)


def _both(own: "Settings", other: "Settings") -> "Settings":
    """A price is said as a whole."""
    priced = own if own.input is not None else other
    return replace(
        own,
        input=priced.input,
        output=priced.output,
        cached=priced.cached,
        cache_write=priced.cache_write,
        answer=other.answer if own.answer is None else own.answer,
        refuses=other.refuses if own.refuses is None else own.refuses,
        takes=other.takes if own.takes is None else own.takes,
    )


def _unknown(like: str, others: list[str]) -> str:
    from difflib import get_close_matches  # loaded where there is a mistake

    close = get_close_matches(like, [*others, *known.names()], 1)
    meant = f'; did you mean "{close[0]}"?' if close else ""
    return f'expected the name of a model that is known, or of another one of `[models]`, not "{like}"{meant}'
