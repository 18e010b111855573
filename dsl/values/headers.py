"""Which headers of a request a declaration may write, and what may stand in one."""

from dsl.regex import regex

_NAME = regex(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_OWN = frozenset(
    {
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})
_CONTROL = regex(r"[\x00-\x08\x0a-\x1f\x7f]")


def name_problem(name: str) -> tuple[str, str] | None:
    """Why no declaration may write a header of this name, and what to do instead."""
    if not _NAME.fullmatch(name):
        return f'"{name}" is no name of a header', 'write it as in `"X-Request-Id"`'
    if name.lower() in _SECRET:
        return f"`{name}` holds a credential, and what stands here is in every definition and history", (
            'name a credential of the worker: `auth "name"` behind the address'
        )
    if name.lower() in _OWN or name.lower().startswith("proxy-"):
        return f"`{name}` is written by what sends the request", "leave it out"
    return None


def value_problem(value: str) -> str | None:
    """Why a header cannot hold `value`: one that has a line break in it would begin another header."""
    if _CONTROL.search(value):
        return "it has a line break or another control character"
    if not value.isascii():
        return "it has characters beyond ASCII"
    return None
