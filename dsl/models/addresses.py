"""What is wrong with an address at which models are asked, wherever it stands."""

from urllib.parse import urlsplit

LONGEST = 2_000
_ADDED = ("/chat/completions", "/completions", "/responses")
"""What documentation of providers shows at the end of one, and is added to it by who asks."""


def no_address(text: str) -> str | None:
    """Said after its name; nothing of the address is in it, which may hold a password."""
    expected = "is no address: write it as https://host/v1"
    try:
        parts = urlsplit(text)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return expected
    if not fits or not text.isprintable() or " " in text or len(text) > LONGEST:
        return expected
    added = next((end for end in _ADDED if parts.path.rstrip("/").endswith(end)), None)
    return f"ends in {added}, which is added to it: leave that out, as https://host/v1" if added else None
