"""The lexer of `.flow` for Pygments, so for whatever uses that: documentation, terminals, notebooks.

Installing the package makes it known there under the name `flow`.
"""

from collections.abc import Iterator
from typing import ClassVar

from pygments.lexer import Lexer
from pygments.token import (
    Comment,
    Error,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Whitespace,
    _TokenType,
)

from dsl.highlighting.colours import Colour, coloured

TOKENS: dict[Colour, _TokenType] = {
    "blank": Whitespace,
    "comment": Comment.Single,
    "note": Comment.Special,
    "doc": String.Doc,
    "keyword": Keyword,
    "declaration": Keyword.Declaration,
    "constant": Keyword.Constant,
    "operator word": Operator.Word,
    "unit": Keyword.Type,
    "operator": Operator,
    "punctuation": Punctuation,
    "number": Number,
    "duration": Number,
    "text": String,
    "escape": String.Escape,
    "interpolation": String.Interpol,
    "name": Name,
    "field": Name.Attribute,
    "function": Name.Function,
    "builtin": Name.Builtin,
    "type": Name.Class,
    "basic type": Keyword.Type,
    "error": Error,
}


class FlowLexer(Lexer):  # type: ignore[misc]
    """Flow text as tokens of Pygments. Parts of a file, such as a page shows them, are read as well."""

    name = "Flow"
    url = ""
    aliases: ClassVar[list[str]] = ["flow"]
    filenames: ClassVar[list[str]] = ["*.flow"]
    mimetypes: ClassVar[list[str]] = ["text/x-flow"]

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, _TokenType, str]]:
        for start, end, colour in coloured(text):
            yield start, TOKENS[colour], text[start:end]
