"""SF704: a key or a password that stands in the text of a flow.

What is written there is in the definition, so in the history of each run, and a prompt is told to a model. Only what is
unmistakable is taken for one: keys that begin as their issuers write them, private keys, and tokens that are signed.
"""

from collections.abc import Iterator

from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic, Label
from dsl.regex import regex
from dsl.source import Span

_ISSUED = regex(
    r"\b(?P<key>sk-(?:(?:proj|ant|svcacct|admin)-[A-Za-z0-9_-]{16,}|[A-Za-z0-9]{20,})"
    r"|[sr]k_live_[A-Za-z0-9]{16,}|(?:AKIA|ASIA)[A-Z0-9]{16}"
    r"|gh[oprsu]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{22,}|glpat-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}"
    r"|AIza[A-Za-z0-9_-]{35}|hf_[A-Za-z0-9]{30,}|npm_[A-Za-z0-9]{36})\b"
    r"|(?P<private>-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----)"
    r"|\b(?P<token>eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,})"
)
_MARKS = (
    *("sk-", "k_live_", "AKIA", "ASIA", "ghp_", "gho_", "ghr_", "ghs_", "ghu_", "github_pat_", "glpat-", "xox", "AIza"),
    *("hf_", "npm_", "PRIVATE KEY", "eyJ"),
)
"""One of these is in each of them: most texts hold none, and to look for that is quick."""
_WORDS = {"key": "an access key", "private": "a private key", "token": "a signed token"}


def check(program: Program) -> Iterator[Diagnostic]:
    text = program.source.text
    for found in _ISSUED.finditer(text) if any(mark in text for mark in _MARKS) else ():
        message = f"this looks like {_WORDS[found.lastgroup or 'key']}, and whoever reads the flow, or its runs, has it"
        advice = 'take it out and have it replaced; a worker gives tools what they need: `auth "NAME"`'
        yield Diagnostic("SF704", message, Label(Span(*found.span())), help=advice, severity="warning")
