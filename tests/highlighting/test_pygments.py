"""What Pygments gets: the same text, under the name that the package installs."""

import importlib
import tomllib
from typing import get_args

import pytest
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.token import Error, Token

from dsl.highlighting.colours import Colour
from dsl.highlighting.pygments_lexer import TOKENS, FlowLexer
from tests.highlighting.texts import BROKEN, EXAMPLES
from tests.house.checkout import ROOT


def test_every_colour_has_a_token() -> None:
    assert set(TOKENS) == set(get_args(Colour))
    assert [token for token in TOKENS.values() if token is Token] == []


def test_the_package_names_the_lexer() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        named = tomllib.load(file)["project"]["entry-points"]["pygments.lexers"]
    module, _, name = named["flow"].partition(":")
    assert getattr(importlib.import_module(module), name) is FlowLexer
    assert FlowLexer.aliases == ["flow"]


@pytest.mark.parametrize("text", [*EXAMPLES.values(), *BROKEN.values()], ids=[*EXAMPLES, *BROKEN])
def test_the_tokens_give_the_text_back(text: str) -> None:
    lexer = FlowLexer(stripnl=False, ensurenl=False)
    assert "".join(value for _, value in lexer.get_tokens(text)) == text.replace("\r\n", "\n").replace("\r", "\n")
    tokens = list(lexer.get_tokens_unprocessed(text))
    assert [text[start : start + len(value)] for start, _, value in tokens] == [value for _, _, value in tokens]


def test_an_example_as_html() -> None:
    page = highlight(EXAMPLES["support.flow"], FlowLexer(), HtmlFormatter())
    assert '<span class="kd">flow</span>' in page
    assert Error not in {kind for kind, _ in FlowLexer().get_tokens(EXAMPLES["support.flow"])}
