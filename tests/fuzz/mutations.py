"""Changes of bytes: small ones anywhere, and larger ones of the words, brackets and lines that texts have."""

import random
import re
from collections.abc import Callable, Sequence

LONGEST = 6_000
_PIECES = re.compile(rb"\w+|\s+|[^\w\s]")
_ODD = [
    *(bytes([each]) for each in b"(){}[]\"'\\:;,.?|=<>+-*/#@&%$!\n\t \x00\r"),
    *(
        each.encode()
        for each in ("{{", "}}", '"""', "##", "?.", "??", "->", "=>", "not ", "é", "𝕏", "\u202e", "\u2028")
    ),
    *(b"0", b"-1", b"9" * 20, b"9" * 400, b"1e999999999", b"1e-400", b"0.1", b"NaN", b"null", b"true", b"1h", b"0s"),
    *(b"\xff", b"\xed\xa0\x80", b"\\ud800", b"\\u0000", b"((((((((", b"[[[[[[[[", b'{"a":', b"- - - ", b"&a ", b"*a "),
    *(b"!!binary ", b"<<: ", b"2026-13-45", b"% ", b"? "),
]

Change = Callable[[bytes, random.Random, Sequence[bytes]], bytes]


def mutated(data: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    for _ in range(1 << chance.randrange(4)):
        data = chance.choice(_CHANGES)(data, chance, others)
    return data[:LONGEST]


def _odd(data: bytes, chance: random.Random, _others: Sequence[bytes]) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] + chance.choice(_ODD) + data[at + chance.choice((0, 0, 1)) :]


def _without(data: bytes, chance: random.Random, _others: Sequence[bytes]) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] + data[at + chance.choice((1, 1, 4, 30)) :]


def _piece(data: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    """A word in the place of another, or put before it: of this text or of another one."""
    own, theirs = _PIECES.findall(data), _PIECES.findall(chance.choice([data, *others]))
    if not own or not theirs:
        return data
    at = chance.randrange(len(own))
    own[at : at + chance.choice((0, 1, 1))] = [chance.choice(theirs)]
    return b"".join(own)


def _swapped(data: bytes, chance: random.Random, _others: Sequence[bytes]) -> bytes:
    own = _PIECES.findall(data)
    if len(own) < 2:
        return data
    one, other = chance.randrange(len(own)), chance.randrange(len(own))
    own[one], own[other] = own[other], own[one]
    return b"".join(own)


def _lines(data: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    """Some lines of a text, put in at some line."""
    own, theirs = data.splitlines(keepends=True), chance.choice([data, *others]).splitlines(keepends=True)
    start, at = chance.randint(0, len(theirs)), chance.randint(0, len(own))
    return b"".join([*own[:at], *theirs[start : start + chance.randint(1, 5)], *own[at + chance.choice((0, 0, 3)) :]])


def _repeated(data: bytes, chance: random.Random, _others: Sequence[bytes]) -> bytes:
    start = chance.randint(0, len(data))
    part = data[start : start + chance.choice((1, 2, 8, 40))]
    return data[:start] + part * chance.choice((2, 3, 20, 300)) + data[start:]


_CHANGES: tuple[Change, ...] = (_odd, _without, _piece, _piece, _swapped, _lines, _lines, _repeated)
