"""How many tokens a model takes a file for, at most, by what is known of the file and of the model.

Images, by OpenAI's guide "Images and vision", section "Calculating costs" (as of 2026; nothing here asks for a
`detail`, which is `high` then at most). Models of *tiles* fit the image into 2,048 x 2,048 pixels, bring its shorter
side down to 768, and take a base and so much for each tile of 512 x 512 that it needs. Models of *patches* take so much
for each 32 x 32 pixels, of at most 1,536 patches. The multipliers are those of the guide; what was billed is less for
some.

A model that stands in no row is taken for the dearest: of these, of 10,000 patches (`detail: original`), and of 28 x 28
pixels a token, which open models take (Qwen2-VL). `LARGEST_IMAGE` is above all of them, also where nobody knows how
large the image is.

A PDF, by OpenAI's guide "File inputs": the text that is taken out of it, and an image of each page.
"""

import re

from dsl.dataclass import dataclass
from dsl.expressions.values import File
from dsl.regex import regex

LARGEST_IMAGE = 50_000


@dataclass(frozen=True, slots=True)
class Tiles:
    base: int
    tile: int

    def of(self, width: int, height: int) -> int:
        longer, shorter = max(width, height), max(1, min(width, height))
        longer, shorter = _shrunk(longer, shorter, longer, 2048)
        longer, shorter = _shrunk(longer, shorter, shorter, 768)
        return self.base + self.tile * -(-longer // 512) * -(-shorter // 512)

    @property
    def most(self) -> int:
        return self.of(2048, 768)


@dataclass(frozen=True, slots=True)
class Patches:
    """`hundredths` of a token for each."""

    hundredths: int
    largest: int = 1_536
    pixels: int = 32

    def of(self, width: int, height: int) -> int:
        patches = -(-width // self.pixels) * -(-height // self.pixels)
        return -(-min(patches, self.largest) * self.hundredths // 100)

    @property
    def most(self) -> int:
        return -(-self.largest * self.hundredths // 100)


Rule = Tiles | Patches
RULES: dict[str, Rule] = {
    "gpt-4o-mini": Tiles(2833, 5667),
    "gpt-4o": Tiles(85, 170),
    "gpt-4.1": Tiles(85, 170),
    "gpt-4.1-mini": Patches(162),
    "gpt-4.1-nano": Patches(246),
    "gpt-5": Tiles(70, 140),
    "gpt-5-chat-latest": Tiles(70, 140),
    "gpt-5-mini": Patches(162),
    "gpt-5-nano": Patches(246),
    "o1": Tiles(75, 150),
    "o3": Tiles(75, 150),
    "o4-mini": Patches(172),
}
"""By the name of the model, which may have a date behind it."""
_OTHERS: tuple[Rule, ...] = (*RULES.values(), Patches(246, 10_000), Patches(100, LARGEST_IMAGE, 28))
_DATE = regex(r"-\d{4}-\d\d-\d\d$", re.ASCII)


def most_tokens(file: File, model: str | None = None) -> int:
    """Of what is in the file; `model` None: of any. What is neither image nor known PDF has a token a byte at most."""
    if file.media_type.startswith("image/"):
        return _image(model, file.measured)
    if file.measured is not None:
        pages, text = file.measured
        return text + pages * _image(model, None)
    return file.size


def _image(model: str | None, size: tuple[int, int] | None) -> int:
    rule = RULES.get(_DATE.sub("", model)) if model is not None else None
    if rule is not None:
        return rule.most if size is None else rule.of(*size)
    if size is None:
        return LARGEST_IMAGE
    return min(LARGEST_IMAGE, max(each.of(*size) for each in _OTHERS))


def _shrunk(longer: int, shorter: int, side: int, most: int) -> tuple[int, int]:
    """Both sides, in pixels, rounded up, with `side` brought down to `most`."""
    if side <= most:
        return longer, shorter
    return -(-longer * most // side), -(-shorter * most // side)
