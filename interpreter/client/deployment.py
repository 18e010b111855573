"""The values of the deployment that a run is given: complete with defaults, pinned in its input for all of its life.

What is said for this run comes before what `steadflow.toml` says for all; of that, a flow takes what it names. What is
said for this run and read by none of its flows is a mistake.
"""

import json
from collections.abc import Mapping
from difflib import get_close_matches

from dsl.ast.types import Field
from dsl.definition.definition import Definition
from dsl.expressions.wire import to_wire
from dsl.values.validate import validate_record
from interpreter.boundary.payloads import JSON
from interpreter.client.errors import ConfigRefused

LARGEST = 16_000
"""Bytes of JSON of all of them: each run below has them in its input too."""


def config_fields(definition: Definition) -> tuple[Field, ...]:
    """Those that the flow, or one that it may call, reads."""
    found = {each.name: each for flow in definition.flows.values() for each in flow.config}
    return tuple(found[name] for name in sorted(found))


def resolve_config(definition: Definition, given: Mapping[str, JSON], known: Mapping[str, JSON]) -> dict[str, JSON]:
    """Raises `ConfigRefused`."""
    fields = config_fields(definition)
    names = [each.name for each in fields]
    problems = [_unknown(name, names) for name in sorted(given.keys() - set(names))]
    said = {name: given[name] if name in given else known[name] for name in names if name in given or name in known}
    checked = validate_record(said, fields, definition.types)
    problems += map(str, checked.problems)
    if problems:
        raise ConfigRefused(definition.flow, problems)
    values: dict[str, JSON] = to_wire(checked.value)
    size = len(json.dumps(values, ensure_ascii=False).encode())
    if size > LARGEST:
        raise ConfigRefused(definition.flow, [f"they have {size:,} bytes of JSON; at most {LARGEST:,} can be given"])
    return values


def _unknown(name: str, names: list[str]) -> str:
    close = get_close_matches(name, names, n=1)
    if close:
        return f"no flow reads `{name}`; did you mean `{close[0]}`?"
    return f"no flow reads `{name}`; there {'is' if len(names) < 2 else 'are'} {', '.join(names) or 'none'}"
