"""One person, one name: the form in which names of people are compared.

Two spellings that look alike to a reader must not be two people: a quorum would be met by one. Letters of other
alphabets that look alike stay apart; only keys tell those apart for certain. The tables are those of Unicode 3.2, which
every Python has: a run is replayed by workers of other versions, and must compare as it did.
"""

from unicodedata import ucd_3_2_0 as unicode

_UNSEEN = (
    (0x00AD, 0x00AD),
    (0x061C, 0x061C),
    (0x200B, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0xFEFF, 0xFEFF),
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0),
    (0xE0100, 0xE01EF),
)
"""Characters without a picture, whatever the tables call them."""


def person_form(name: str) -> str:
    """`name` in compatibility form, without case, invisible characters and surplus blanks."""
    seen = "".join(character for character in name if not _is_unseen(character))
    folded = unicode.normalize("NFKC", unicode.normalize("NFKC", seen).casefold())
    return " ".join("".join(character for character in folded if not _is_unseen(character)).split())


def in_one_line(name: str) -> str:
    """`name` as it is spelt, where nothing in it can begin a line or stand unseen."""
    return " ".join("".join(character for character in name if not _is_unseen(character)).split())


def same_person(one: str, other: str) -> bool:
    return person_form(one) == person_form(other)


def _is_unseen(character: str) -> bool:
    if unicode.category(character) in ("Cf", "Cs"):
        return True
    if unicode.category(character) == "Cc":
        return not character.isspace()
    return any(first <= ord(character) <= last for first, last in _UNSEEN)
