"""What a model takes a file for, at most: by the examples of the guide, by what was billed, and above all of it."""

import random

import pytest

from dsl.expressions.values import File
from dsl.values.codec import dump, load
from dsl.values.file_tokens import LARGEST_IMAGE, RULES, most_tokens
from dsl.values.references import joined, parted


def image(width: int, height: int) -> File:
    return File("h", 1_000, "a.png", "image/png", (width, height))


@pytest.mark.parametrize(
    ("model", "width", "height", "tokens"),
    [
        ("gpt-4o", 1024, 1024, 765),
        ("gpt-4o", 2048, 4096, 1105),
        ("gpt-4o-2024-11-20", 128, 64, 255),
        ("gpt-4.1", 2049, 513, 1445),
        ("gpt-4o-mini", 128, 64, 8500),
        ("gpt-4.1-mini", 1024, 1024, 1659),
        ("gpt-4.1-mini", 4000, 1474, 2489),
        ("gpt-5-nano", 32, 32, 3),
        ("gpt-5-chat-latest", 1024, 1024, 630),
        ("gpt-5-mini", 4000, 4000, 2489),
        ("o1", 512, 512, 225),
        ("qwen2-vl", 5_000, 5_000, 32_041),
    ],
)
def test_what_is_known_of_a_model_and_an_image_bounds_it(model: str, width: int, height: int, tokens: int) -> None:
    assert most_tokens(image(width, height), model) == tokens


@pytest.mark.parametrize("model", [None, "some-model", "gpt-4o-miniature", "gpt-5.2"])
def test_a_model_that_nobody_knows_is_taken_for_the_dearest(model: str | None) -> None:
    chance = random.Random("images")
    for _ in range(500):
        shown = image(chance.randint(1, 9_000), chance.randint(1, 9_000))
        assert max(most_tokens(shown, known) for known in RULES) <= most_tokens(shown, model) <= LARGEST_IMAGE


@pytest.mark.parametrize("model", [*RULES, None])
def test_an_image_that_was_not_measured_is_taken_for_the_largest(model: str | None) -> None:
    chance, unknown = random.Random("unknown"), most_tokens(File("h", 1, "a.png", "image/png"), model)
    for _ in range(500):
        assert most_tokens(image(chance.randint(1, 20_000), chance.randint(1, 20_000)), model) <= unknown


@pytest.mark.parametrize("model", RULES)
def test_the_largest_image_is_one_that_there_can_be(model: str) -> None:
    unknown = most_tokens(File("h", 1, "a.png", "image/png"), model)
    assert unknown == max(most_tokens(image(*size), model) for size in ((2_048, 768), (9_000, 9_000)))


def test_a_pdf_is_its_text_and_an_image_of_each_page() -> None:
    assert most_tokens(File("h", 10, "a.pdf", "application/pdf", (3, 1_000)), "gpt-4o") == 1_000 + 3 * (85 + 8 * 170)
    assert most_tokens(File("h", 10, "a.pdf", "application/pdf", (3, 1_000)), "other") == 1_000 + 3 * LARGEST_IMAGE


@pytest.mark.parametrize("file", [File("h", 10, "a.pdf", "application/pdf"), File("h", 10, "a.txt", "text/plain")])
def test_anything_else_has_a_token_a_byte(file: File) -> None:
    assert most_tokens(file, "gpt-4o") == 10


@pytest.mark.parametrize("file", [image(3, 4), File("h", 10, "a.txt", "text/plain")])
def test_what_was_measured_travels_with_the_file(file: File) -> None:
    assert load(dump(file)).measured == file.measured
    assert joined(*parted([file]))[0].measured == file.measured
    assert file == File(file.hash, file.size, file.name, file.media_type), "two are equal by their content"
