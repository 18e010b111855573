"""How long an answer may be, in the words in which servers have said so."""

import pytest

from interpreter.providers.openai_ceilings import Ceiling, told_ceiling

OF_THE_MODEL = {
    "max_tokens is too large: 32000. This model supports at most 16384 completion tokens, whereas you provided "
    "32000.": 16384,
    "Invalid max_tokens value, the valid range of max_tokens is [1, 8192]": 8192,
    "<400> InternalError.Algo.InvalidParameter: Range of max_tokens should be [1, 8192]": 8192,
    "max_tokens: 128001 > 64000, which is the maximum allowed number of output tokens for claude-opus-4-5": 64000,
    "Unable to submit request because it has a maxOutputTokens value of 65536 but the supported range is from 1 "
    "(inclusive) to 65536 (exclusive). Update the value and try again.": 65535,
    "`max_completion_tokens` must be less than or equal to `40960`, the maximum value for `max_completion_tokens` is "
    "less than the `context_window` for this model": 40960,
    "The parameter `max_completion_tokens` specified in the request are not valid: integer above maximum value, "
    "expected a value <= 12288, but got 32000 instead.": 12288,
    "max_tokens is too large: 1048576. This model supports at most 131,072 completion tokens": 131072,
}
OF_THIS_PROMPT = {
    "'max_tokens' or 'max_completion_tokens' is too large: 64000. This model's maximum context length is      64001 "
    "tokens and your request has 24235 input tokens (64000 > 64001 - 24235). None": 39766,
    "This model's maximum context length is 8192 tokens. However, you requested 8256 tokens (64 in the messages, 8192 "
    "in the completion). Please reduce the length of the messages or completion.": 8128,
}
NONE = [
    "This model's maximum context length is 8192 tokens",
    "Unsupported parameter: 'max_completion_tokens' is not supported with this model.",
    "temperature must be less than or equal to 2",
    "range of temperature is [0, 2]",
    "at most 5 images are supported",
    "",
]


@pytest.mark.parametrize(("words", "most"), OF_THE_MODEL.items())
def test_how_much_a_model_answers(words: str, most: int) -> None:
    assert told_ceiling(400, words) == Ceiling(most, of_model=True)


@pytest.mark.parametrize(("words", "most"), OF_THIS_PROMPT.items())
def test_how_much_is_left_beside_this_prompt(words: str, most: int) -> None:
    assert told_ceiling(400, words) == Ceiling(most, of_model=False)


@pytest.mark.parametrize("words", NONE)
def test_other_words_are_no_ceiling(words: str) -> None:
    assert told_ceiling(400, words) is None
    assert told_ceiling(500, next(iter(OF_THE_MODEL))) is None


def test_a_number_that_cannot_be_is_bounded() -> None:
    found = told_ceiling(400, f"this model supports at most {'9' * 5000} completion tokens")
    assert found is not None
    assert found.tokens < 10**12


@pytest.mark.parametrize(("status", "is_told"), [(400, True), (413, True), (422, True), (401, False), (500, False)])
def test_of_a_request_that_is_refused_for_what_it_says(status: int, is_told: bool) -> None:
    for words in (*OF_THE_MODEL, *OF_THIS_PROMPT):
        assert (told_ceiling(status, words) is not None) is is_told
        assert (told_ceiling(status, words.upper()) is not None) is is_told


def test_a_number_has_twelve_digits_that_count_and_may_have_none() -> None:
    found = told_ceiling(400, f"this model supports at most {'9' * 13} completion tokens")
    assert found == Ceiling(999_999_999_999, of_model=True)
    assert told_ceiling(400, "this model supports at most 1_2,3 output tokens") == Ceiling(123, of_model=True)
    assert told_ceiling(400, "this model supports at most , output tokens") == Ceiling(0, of_model=True)
