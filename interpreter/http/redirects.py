"""Where a server sends a request on to: only to itself. Who approved the host has approved no other."""

from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from dsl.values.addresses import origin_of
from interpreter.http.request import Request
from interpreter.http.sending import Answer

MOST_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)


class Elsewhere(Exception):
    """It leads to another host, or to no address."""


def elsewhere_on_the_same(request: Request, address: str) -> Request:
    """`request` to another address on its host. Raises `Elsewhere`."""
    try:
        parts = urlsplit(urljoin(f"{request.origin}{request.target}", address))
        origin = origin_of(parts.scheme if parts.scheme in ("http", "https") else "", parts.netloc)
    except (KeyError, ValueError):
        raise Elsewhere("to what is no address") from None
    if origin != request.origin:
        raise Elsewhere(f"to another host, {origin}")
    target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    if not target.isascii() or any(sign.isspace() or ord(sign) < 33 or ord(sign) == 127 for sign in target):
        raise Elsewhere("to what is no address")
    return replace(request, target=target)


def redirected(request: Request, answer: Answer) -> Request | None:
    """The request to make instead; None where the answer says that the first one is done, or may be. Raises
    `Elsewhere`.
    """
    asks_again = request.method in ("GET", "HEAD") or answer.status in (307, 308)
    if not asks_again or "location" not in answer.headers:
        return None
    return elsewhere_on_the_same(request, answer.headers["location"])
