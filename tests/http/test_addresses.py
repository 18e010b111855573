"""Addresses as declared: what is none, and that nothing but the path and what follows it can have a value."""

import pytest

from dsl.ast.expressions import Expression, Literal, Name, Template
from dsl.values.addresses import Unfit, address_of, filled
from dsl.values.headers import name_problem


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
        "https://a.example:65536/",
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
    ("url", "origin"),
    [
        ("http://a.example/", "http://a.example"),
        ("http://a.example:80/", "http://a.example"),
        ("http://a.example:443/", "http://a.example:443"),
        ("https://a.example:80/", "https://a.example:80"),
        ("https://a.example:65535/", "https://a.example:65535"),
    ],
)
def test_the_port_of_a_scheme_is_not_said(url: str, origin: str) -> None:
    assert str(address_of(Literal(url)).origin) == origin


def test_what_cannot_stand_there_is_named_with_what_to_write() -> None:
    with pytest.raises(Unfit, match="` ` cannot stand in the path") as told:
        address_of(Literal("https://a.example/a b"))
    assert told.value.advice == "write `%20`"


@pytest.mark.parametrize(("value", "told"), [("", "is empty"), ("..", "leads out"), ("a/%2E", "leads out")])
def test_a_value_that_leads_elsewhere(value: str, told: str) -> None:
    with pytest.raises(Unfit, match=told):
        filled(address_of(template("https://a.example/a/", Name("x"))), lambda _: value)


@pytest.mark.parametrize("name", ["Content-Length", "HOST", "Proxy-Connection", "proxy-anything"])
def test_a_header_that_is_written_by_who_sends_the_request(name: str) -> None:
    told = name_problem(name)
    assert told is not None
    assert "is written by what sends the request" in told[0]
    assert name_problem("X-Proxy") is None


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
