"""Payloads without what has its default: it would stand in every history, and who reads them fills it in."""

from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from interpreter.boundary.payloads import JSON


def sparse(payload: Any) -> JSON:
    """A payload as an object without the fields that have their defaults, also in payloads that are fields of it.

    JSON in it stays as it is: a state has megabytes.
    """
    if is_dataclass(payload) and not isinstance(payload, type):
        return {
            field.name: sparse(value)
            for field in fields(payload)
            if not _is_default(value := getattr(payload, field.name), field.default, field.default_factory)
        }
    if type(payload) is list and payload and is_dataclass(payload[0]):
        return [sparse(each) for each in payload]
    return payload


def _is_default(value: object, default: object, factory: Any) -> bool:
    if default is not MISSING:
        return type(value) is type(default) and bool(value == default)
    return factory is not MISSING and bool(value == factory())
