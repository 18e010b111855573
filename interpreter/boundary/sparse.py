"""Payloads without what has its default: it would stand in every history, and who reads them fills it in."""

from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any

from interpreter.boundary.payloads import JSON


def sparse(payload: Any) -> JSON:
    """A payload as an object without the fields that have their defaults, also in payloads that are fields of it.

    JSON in it stays as it is: a state has megabytes.
    """
    kind: type = type(payload)
    if kind is list:
        return [sparse(each) for each in payload] if payload and is_dataclass(payload[0]) else payload
    defaults = _defaults(kind)
    if defaults is None:
        return payload
    return {
        name: sparse(value)
        for name, default, factory in defaults
        if not _is_default(value := getattr(payload, name), default, factory)
    }


@cache
def _defaults(kind: type) -> tuple[tuple[str, Any, Any], ...] | None:
    """The fields of a class of payloads, with what each is when nothing is said; None for what is no such class."""
    if not is_dataclass(kind):
        return None
    return tuple((each.name, each.default, each.default_factory) for each in fields(kind))


def _is_default(value: object, default: object, factory: Any) -> bool:
    if default is not MISSING:
        return type(value) is type(default) and bool(value == default)
    return factory is not MISSING and bool(value == factory())
