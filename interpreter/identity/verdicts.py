"""Who gave an answer, as far as a worker can tell."""

import base64
import binascii

from interpreter.boundary.payloads import Answer, AnswerVerdict, Signature, VerifyAnswerRequest
from interpreter.boundary.persons import same_person
from interpreter.boundary.statements import statement
from interpreter.identity.people import People

LARGEST_DIFFERENCE = 300_000
"""Milliseconds by which the clock of who signs may differ from that of the server."""


def verdict(request: VerifyAnswerRequest, people: People | None) -> AnswerVerdict:
    """Without people nobody is known. With people only a signature counts, and it must hold for exactly this answer."""
    if people is None:
        return AnswerVerdict("unverified")
    signature = request.answer.signature
    if signature is None:
        return _refused("the worker of this run knows its people, and takes only signed answers; `--key FILE` signs")
    known = people.get(signature.key)
    if known is None:
        return _refused(f"the key {signature.key} belongs to nobody whom the worker of this run knows")
    if known.revoked:
        return _refused(f"the key {signature.key} was revoked")
    if not known.key.has_signed(statement(request.answer, request.run, signature.at), _bytes(signature)):
        return _refused("the signature does not fit this answer to this run")
    problem = _objection(request.answer, signature, request.at, known.person)
    if problem is not None:
        return _refused(problem)
    return AnswerVerdict("verified", known.person, list(known.groups), signature.key)


def _objection(answer: Answer, signature: Signature, at: float, person: str) -> str | None:
    """Why an answer does not count whose signature holds."""
    apart = at * 1000 - signature.at
    if abs(apart) > LARGEST_DIFFERENCE:
        when = "before it came" if apart > 0 else "ahead of the server's clock"
        return f"it was signed {abs(apart) / 1000:.0f} seconds {when}; sign it anew"
    if not same_person(answer.by, person):
        return f"the key {signature.key} is `{person}`'s, and the answer says that it is of `{answer.by}`"
    if answer.digest is None:
        return "a signed answer names the digest of the question that was shown"
    return None


def _bytes(signature: Signature) -> bytes:
    try:
        return base64.b64decode(signature.value, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _refused(reason: str) -> AnswerVerdict:
    return AnswerVerdict("refused", reason=reason)
