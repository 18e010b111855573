"""The address of a request as it is declared: scheme and host in plain words, parameters in what follows them.

A reviewer approves where a call goes, so nothing that has a value may stand before the path. A value fills what its
place holds and never more: it is encoded whole, so `/`, `?`, `#` and `&` in it are no signs of the address; and in the
path it may neither be empty nor lead elsewhere (`.`, `..`), since servers and what stands before them clear such
parts away, also where they are encoded. So do those that take `;` for the end of a part, which is `..` in `..;v=1`.
"""

import re
from collections.abc import Callable

from dsl.ast.expressions import Expression, Literal, Template
from dsl.dataclass import dataclass
from dsl.expressions.functions_encoding import encoded
from dsl.regex import regex

Piece = str | Expression
"""Of an address: what stands in the text, or what has a value."""

_START = regex(r"(https?)://([^/?#]*)", re.IGNORECASE)
_HOST = regex(r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?")
_PATH = regex(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*")
_QUERY = regex(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*")
_UPWARDS = frozenset({".", ".."})
_SIGNS = regex(r"[/\\]|%2f|%5c", re.IGNORECASE)
_PARAMETERS = regex(r"(?:;|%3b).*", re.IGNORECASE | re.DOTALL)
_PORTS = {"http": 80, "https": 443}


class Unfit(ValueError):
    """What is wrong with an address, or with a value in it, in words; `advice` is what to do about it."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request goes: nothing else of an address decides whom one talks to."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"


@dataclass(frozen=True, slots=True)
class Address:
    """`path` are its parts between the slashes; `query` is None where there is no `?`."""

    origin: Origin
    path: tuple[tuple[Piece, ...], ...]
    query: tuple[Piece, ...] | None = None


def address_of(url: Expression) -> Address:
    """Raises `Unfit` for what is no address of a declared host."""
    pieces = _pieces(url)
    first = pieces[0] if pieces and isinstance(pieces[0], str) else ""
    start = _START.match(first)
    if start is None:
        raise Unfit(
            "this is no address of a web server", 'begin it with `https://` and a host: `"https://example.com/…"`'
        )
    if start.end() == len(first) and len(pieces) > 1:
        raise Unfit("the host is not written out", "write scheme and host in plain words, and a `/` behind them")
    origin = origin_of(start[1], start[2])
    path, query = _parted((first[start.end() :], *pieces[1:]))
    return Address(origin, _path(path), None if query is None else _query(query))


def origin_of(scheme: str, authority: str) -> Origin:
    """Raises `Unfit`."""
    if "@" in authority:
        raise Unfit("a credential stands in the address, and so in every definition", 'name it instead: `auth "name"`')
    found = _HOST.fullmatch(authority)
    port = int(found[2]) if found is not None and found[2] is not None else _PORTS[scheme.lower()]
    if found is None or not 0 < port < 65536:
        raise Unfit(
            f"`{authority}` is no host", "write a name such as `api.example.com`, with a port where it needs one"
        )
    return Origin(scheme.lower(), found[1].lower(), port)


def filled(address: Address, text_of: Callable[[Expression], str]) -> str:
    """The address with a text for each expression. Raises `Unfit` where one leads elsewhere."""
    path = "/".join(_segment(part, text_of) for part in address.path)
    query = "" if address.query is None else "?" + "".join(_encoded_piece(piece, text_of) for piece in address.query)
    return f"{address.origin}/{path}{query}"


def _pieces(url: Expression) -> tuple[Piece, ...]:
    parts = url.parts if isinstance(url, Template) else (url,)
    return tuple(part.value if isinstance(part, Literal) and isinstance(part.value, str) else part for part in parts)


def _parted(pieces: tuple[Piece, ...]) -> tuple[tuple[Piece, ...], tuple[Piece, ...] | None]:
    """What stands before the first `?`, and what behind it."""
    for at, piece in enumerate(pieces):
        if isinstance(piece, str):
            if "#" in piece:
                raise Unfit("what follows `#` is never sent to a server", "leave it out; in a value write `%23`")
            before, sign, behind = piece.partition("?")
            if sign:
                return (*pieces[:at], before), (behind, *pieces[at + 1 :])
    return pieces, None


def _path(pieces: tuple[Piece, ...]) -> tuple[tuple[Piece, ...], ...]:
    parts: list[list[Piece]] = [[]]
    for piece in pieces:
        if not isinstance(piece, str):
            parts[-1].append(piece)
            continue
        _plain(piece, _PATH, "path")
        first, *others = piece.split("/")
        parts[-1].append(first)
        parts += [[each] for each in others]
    found = tuple(tuple(each for each in part if each != "") for part in parts)
    if found[0]:
        raise Unfit("the path does not begin with `/`", "write a `/` behind the host")
    for part in found:
        text = "".join(each for each in part if isinstance(each, str))
        if all(isinstance(each, str) for each in part) and text.lower().replace("%2e", ".") in (".", ".."):
            raise Unfit(f"the part `{text}` of the path leads elsewhere", "write the path that is meant")
    return found[1:]


def _query(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    for piece in pieces:
        if isinstance(piece, str):
            _plain(piece, _QUERY, "query")
    return pieces


def _plain(text: str, known: re.Pattern[str], where: str) -> None:
    odd = text[_end(known, text) :][:1]
    if odd:
        raise Unfit(f"`{odd}` cannot stand in the {where} of an address", f"write `{encoded(odd)}`")


def _end(known: re.Pattern[str], text: str) -> int:
    found = known.match(text)
    return 0 if found is None else found.end()


def _segment(part: tuple[Piece, ...], text_of: Callable[[Expression], str]) -> str:
    made = "".join(_encoded_piece(piece, text_of) for piece in part)
    if all(isinstance(piece, str) for piece in part):
        return made
    plain = "".join(piece if isinstance(piece, str) else text_of(piece) for piece in part)
    if plain == "":
        raise Unfit("a value is empty, and a part of the path")
    for step in _SIGNS.split(plain):
        if _PARAMETERS.sub("", step).lower().replace("%2e", ".") in _UPWARDS:
            raise Unfit("a value leads out of its path")
    return made


def _encoded_piece(piece: Piece, text_of: Callable[[Expression], str]) -> str:
    return piece if isinstance(piece, str) else encoded(text_of(piece))
