"""Addresses as declared: what is none, and that nothing but the path and what follows it can have a value."""

import pytest

from dsl.ast.expressions import Expression, Literal, Name, Template
from dsl.values.addresses import Unfit, address_of, filled


def template(*parts: str | Expression) -> Template:
    return Template(tuple(Literal(part) if isinstance(part, str) else part for part in parts))


def test_origin_path_and_query() -> None:
    address = address_of(template("HTTPS://Api.Example.com:443/a/", Name("x"), "-1/b?c=", Name("y"), "&d=e"))
    assert str(address.origin) == "https://api.example.com"
    said = {"x": "1 2", "y": "&="}
    assert filled(address, lambda part: said[getattr(part, "name", "")]) == (
        "https://api.example.com/a/1%202-1/b?c=%26%3D&d=e"
    )


@pytest.mark.parametrize(
    "url", ["https://a.example", "https://a.example/", "https://a.example?b=c", "http://[::1]:8080/x"]
)
def test_whole_addresses(url: str) -> None:
    assert filled(address_of(Literal(url)), lambda part: "").replace("e/?", "e?").rstrip("/") == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/",
        "https://",
        "https:///x",
        "https://a b/",
        "https://a.example:0/",
        "https://a.example:70000/",
        "https://a.example:80:80/",
        "https://u@a.example/",
        "https://a.example\\@b.example/",
        "https://ä.example/",
        "https://a.example/%zz",
        "https://a.example/%2e%2e/b",
        "https://a.example/./b",
        "https://a.example/a?b c",
        "https://a.example/\n",
        "https://a..example./..",
    ],
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(Unfit):
        address_of(Literal(url))


@pytest.mark.parametrize(
    "parts",
    [
        (Name("x"),),
        ("https://", Name("x")),
        ("https://a", Name("x"), ".example/"),
        ("https://a.example", Name("x")),
        ("https://a.example:", Name("x"), "/"),
        (Name("x"), "https://a.example/"),
    ],
)
def test_no_value_stands_before_the_path(parts: tuple[str | Expression, ...]) -> None:
    with pytest.raises(Unfit):
        address_of(template(*parts))
