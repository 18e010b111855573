"""What is wrong with an address at which models are asked, wherever it stands."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from urllib.parse import SplitResult

AZURE = "https://NAME.openai.azure.com"
LONGEST = 2_000
_ADDED = ("/chat/completions", "/completions", "/responses")
"""What documentation of providers shows at the end of one, and is added to it by who asks."""


def no_address(text: str) -> str | None:
    """Said after its name; nothing of the address is in it, which may hold a password."""
    if not _is_address(text):
        return "is no address: write it as https://host/v1"
    parts = parts_of(text)
    added = next((end for end in _ADDED if parts.path.rstrip("/").endswith(end)), None)
    return f"ends in {added}, which is added to it: leave that out, as https://host/v1" if added else None


def no_endpoint(text: str, version: str, otherwise: str) -> str | None:
    """The same of an endpoint of Azure, to which deployment and version are added: what Azure's pages show to be copied
    has both in it. `version` is where that is said, `otherwise` how an address of OpenAI's form is.
    """
    if not _is_address(text):
        return f"is no address: write it as {AZURE}"
    parts = parts_of(text)
    steps = [step for step in parts.path.split("/") if step]
    if steps[-2:] == ["openai", "v1"]:
        return f"is an address of Azure that is asked as OpenAI's are: {otherwise}"
    from urllib.parse import parse_qsl

    versions = any(name == "api-version" for name, _ in parse_qsl(parts.query, keep_blank_values=True))
    if "openai" not in steps and not versions:
        return None
    told = f"the deployment is the model's name, and its version stands in {version}"
    return f"has more than the endpoint in it: write it as {AZURE}; {told}"


def parts_of(text: str) -> "SplitResult":
    """Raises ValueError."""
    from urllib.parse import urlsplit  # most projects name no address

    return urlsplit(text)


def _is_address(text: str) -> bool:
    try:
        parts = parts_of(text)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return fits and text.isprintable() and " " not in text and len(text) <= LONGEST
