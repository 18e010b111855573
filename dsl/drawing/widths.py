"""How wide a text is, without a font: the advances of Helvetica, which Arial, Liberation Sans and Arimo share."""

from unicodedata import combining, east_asian_width

FONTS = "Helvetica, Arial, 'Liberation Sans', Arimo, sans-serif"
_ADVANCES: dict[int, str] = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;I[\\]ft",
    333: "()-`r",
    334: "{}",
    355: '"',
    389: "*",
    469: "^",
    500: "Jcksvxyz",
    556: "#$0123456789?L_abdeghnopqu",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@",
}
_OF = {character: advance for advance, characters in _ADVANCES.items() for character in characters}
_OTHER = 640
_BOLD = 1.09
_SPARE = 1.04
"""Fonts that only look alike."""


def width(text: str, size: float, *, bold: bool = False) -> float:
    """In the unit of `size`, rather too wide than too narrow."""
    thousandths = sum(_advance(character) for character in text)
    return round(thousandths / 1000 * size * (_BOLD if bold else 1) * _SPARE, 2)


def _advance(character: str) -> int:
    found = _OF.get(character)
    if found is not None:
        return found
    if combining(character):
        return 0
    return 1050 if east_asian_width(character) in "WF" else _OTHER
