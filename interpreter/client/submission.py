"""From what a caller has to what a run needs: what can be refused is refused here, before anything starts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from dsl.ast.node import walk
from dsl.ast.statements import Budget
from dsl.decompiling.sources import source_of
from dsl.decompiling.unreadable import Unreadable
from dsl.definition.canonical import canonical
from dsl.definition.definition import Definition
from dsl.definition.seal import Sealed
from dsl.expressions.wire import to_wire
from dsl.linking.project import text_of, where_no_text
from dsl.models.beside import NAME, VARIABLE
from dsl.models.configured import Models, models_for
from dsl.models.unusable import Unusable
from dsl.source import Source
from dsl.values.references import parted
from dsl.values.schema import record_schema
from dsl.values.validate import validate_record
from interpreter.boundary.caps import Cap
from interpreter.boundary.payloads import JSON, Price, References, RunInput
from interpreter.client.compiling import compile_flow
from interpreter.client.definitions import from_check, from_data
from interpreter.client.deployment import config_fields, resolve_config
from interpreter.client.envelope import pack
from interpreter.client.errors import FlowUnreadable, InputRefused, PriceUnknown, Unconfigured
from interpreter.client.signed import refuse_unsigned
from interpreter.providers.caps import resolve_caps
from interpreter.providers.limits import resolve_lanes, resolve_max_output, resolve_refused
from interpreter.providers.prices import resolve_prices
from interpreter.stores.kept_files import File, UnusableFile, keep
from interpreter.stores.store import ObjectStore

FlowSource: TypeAlias = Path | str | Sealed | bytes
"""A file, the text of one (a `str` of several lines), the path of one (any other `str`), or a sealed definition, also
as its bytes. A file may be the definition as data, JSON or YAML of `dsl compile`.
"""

LARGEST_INPUT = 1_500_000
"""Bytes of JSON. The server refuses a payload over 2 MB."""


@dataclass(frozen=True)
class Prepared:
    """The argument of the workflow, the digest of the source map in the store, and the definition."""

    input: RunInput
    source: str | None
    definition: Definition


def prepare(
    store: ObjectStore,
    flow_source: FlowSource,
    flow: str | None,
    input: JSON,
    models: Models | None = None,
    requester: str | None = None,
    config: Mapping[str, JSON] | None = None,
    require_signed: bool = False,
) -> Prepared:
    """`models` is what is known of them; without it, what is known beside the flow. `config`: the values of the
    deployment that are said for this run. `require_signed`: also where no setting says it.
    """
    sealed, definition, known = _looked_at(flow_source, flow, models, require_signed)
    caps = resolve_caps(sealed.flow, requester, _models(definition), known)
    checked, references = _checked_input(store, definition, {} if input is None else input)
    run_input = replace(
        _pinned(store, sealed, definition, known, caps),
        input=checked,
        references=references,
        requester=requester,
        config=resolve_config(definition, config or {}, known.config),
    )
    return Prepared(run_input, _kept_source(store, sealed), definition)


def prepare_move(
    store: ObjectStore,
    flow_source: FlowSource,
    flow: str,
    requester: str | None,
    models: Models | None = None,
    require_signed: bool = False,
) -> tuple[Prepared, Sealed]:
    """What a run that is under way is to go on with; its input and the values of its deployment it has."""
    sealed, definition, known = _looked_at(flow_source, flow, models, require_signed)
    caps = resolve_caps(sealed.flow, requester, _models(definition), known)
    run_input = _pinned(store, sealed, definition, known, caps)
    return Prepared(run_input, _kept_source(store, sealed), definition), sealed


def _looked_at(
    flow_source: FlowSource, flow: str | None, models: Models | None, require_signed: bool
) -> tuple[Sealed, Definition, Models]:
    sealed, definition = _sealed(flow_source, flow)
    known = _known_models(flow_source) if models is None else models
    if require_signed or known.require_signed:
        refuse_unsigned(sealed)
    return sealed, definition, known


def _pinned(store: ObjectStore, sealed: Sealed, definition: Definition, known: Models, caps: list[Cap]) -> RunInput:
    """The definition, and what is known of its models now."""
    return RunInput(
        definition=pack(store, definition, sealed.json),
        flow=sealed.flow,
        input=None,
        prices=_prices(definition, known, caps),
        max_output=resolve_max_output(_models(definition), known),
        refuses=resolve_refused(_models(definition), known),
        lanes=resolve_lanes(_models(definition), known),
        caps=caps,
    )


def _kept_source(store: ObjectStore, sealed: Sealed) -> str | None:
    return store.put(canonical(sealed.source_map)) if sealed.source_map else None


def _sealed(flow_source: FlowSource, flow: str | None) -> tuple[Sealed, Definition]:
    """What was checked here is believed; what comes as data is looked at first."""
    if isinstance(flow_source, Sealed):
        return flow_source, from_data(flow_source.json, flow_source.hash)
    if isinstance(flow_source, bytes):
        definition = from_data(flow_source)
        return Sealed(definition.flow, flow_source, definition.hash, {}), definition
    sealed = compile_flow(read_source(flow_source), flow)
    return sealed, from_check(sealed.json, sealed.hash)


def input_schema(sealed: Sealed) -> JSON:
    """The JSON Schema of the input of a flow."""
    definition = from_check(sealed.json, sealed.hash)
    return record_schema(definition.flows[definition.flow].parameters, definition.types)


def config_schema(sealed: Sealed) -> JSON:
    """The JSON Schema of the values of the deployment that it takes."""
    definition = from_check(sealed.json, sealed.hash)
    return record_schema(config_fields(definition), definition.types)


def read_source(flow_source: Path | str) -> Source:
    """The text, under the name that it is shown with."""
    if isinstance(flow_source, str) and "\n" in flow_source:
        return source_in("<text>", flow_source)
    try:
        return source_in(str(flow_source), Path(flow_source).read_bytes())
    except FileNotFoundError as error:
        raise FlowUnreadable(f"there is no file {flow_source}") from error
    except OSError as error:
        raise FlowUnreadable(f"{flow_source} cannot be read: {(error.strerror or str(error)).lower()}") from error


def source_in(name: str, data: bytes | str) -> Source:
    """What has been read already. Raises `FlowUnreadable`."""
    try:
        return source_of(name, data if isinstance(data, str) else text_of(data))
    except Unreadable as error:
        raise FlowUnreadable(f"{name}: {error}{f'; {error.help}' if error.help else ''}") from error
    except UnicodeDecodeError as error:
        assert isinstance(data, bytes)
        raise FlowUnreadable(f"{name}:{where_no_text(data, error)}") from error


def _checked_input(store: ObjectStore, definition: Definition, input: JSON) -> tuple[JSON, References]:
    """The input as plain JSON, complete with defaults, and its files beside it. They are kept when all fits."""
    value, files = fitting_input(definition, input)
    for file in files.values():
        keep(store, file)
    wire, references = parted(to_wire(value))
    size = len(json.dumps(wire, ensure_ascii=False).encode())
    if size > LARGEST_INPUT:
        raise InputRefused(definition.flow, [f"it has {size:,} bytes of JSON; at most {LARGEST_INPUT:,} can be given"])
    return wire, references


def fitting_input(definition: Definition, input: JSON) -> tuple[Any, dict[str, File]]:
    """The value that a run is given, and its files by their content. Raises `InputRefused` with all that is wrong."""
    files: dict[str, File] = {}
    try:
        given = _with_values(input, files)
    except UnusableFile as error:
        raise InputRefused(definition.flow, [str(error)]) from error
    checked = validate_record(given, definition.flows[definition.flow].parameters, definition.types)
    if checked.problems:
        raise InputRefused(definition.flow, [str(problem) for problem in checked.problems])
    return checked.value, files


def _with_values(input: JSON, files: dict[str, File]) -> JSON:
    """`input` with each file, also one that is given as a path, as a value of the language. Nothing else is one: who
    passes on what others have sent cannot be made to read files."""
    if isinstance(input, Path):
        input = File(input)
    if isinstance(input, File):
        files[input.sha256] = input
        return input.value
    if isinstance(input, dict):
        return {name: _with_values(item, files) for name, item in input.items()}
    return [_with_values(item, files) for item in input] if isinstance(input, list) else input


def _known_models(flow_source: FlowSource) -> Models:
    """As they are known beside a file, or for anything else in the current folder."""
    is_path = isinstance(flow_source, Path) or (isinstance(flow_source, str) and "\n" not in flow_source)
    try:
        return models_for(Path(str(flow_source)).parent if is_path else None)
    except Unusable as error:
        raise Unconfigured(str(error)) from error


def _prices(definition: Definition, known: Models, caps: list[Cap]) -> dict[str, Price]:
    """What each model costs, pinned for the life of the run."""
    models = _models(definition)
    if not models:
        return {}
    prices = _in_batches(resolve_prices(models, known), definition, known)
    unknown = [model for model in models if model not in prices]
    if unknown and (counting := _counts_money_by(definition, caps, unknown)):
        raise PriceUnknown(
            f"{counting}, but the price of {', '.join(unknown)} is not known; "
            f"say it in {NAME} beside the flow, or in {VARIABLE}, in US dollars for a million tokens "
            f'(`[models."{unknown[0]}"]`, `input = …`, `output = …`), or use another model, or a budget in tokens'
        )
    return prices


def _in_batches(prices: dict[str, Price], definition: Definition, known: Models) -> dict[str, Price]:
    """With what questions cost in batches, where agents ask in those. Raises `Unconfigured`."""
    for agent in (agent for agent in definition.agents.values() if agent.batch is not None):
        for model in agent.models:
            share = known.batch_price(model)
            if share is None:
                name, _ = known.route(model)
                raise Unconfigured(
                    f"the agent {agent.name} has `batch`, and the provider {name} is not known to take batches; where "
                    f"it does, say so with the share of a price that they cost: `batch = 0.5` in [providers.{name}] of "
                    f"{NAME}"
                )
            if model in prices:
                prices[model] = replace(prices[model], batch=format(share, "f"))
    return prices


def _models(definition: Definition) -> list[str]:
    return sorted({model for agent in definition.agents.values() for model in agent.models})


def _counts_money_by(definition: Definition, caps: list[Cap], models: list[str]) -> str:
    """What needs to know prices of these models, in words; empty where nothing does."""
    if _counts_money(definition):
        return f"the flow {definition.flow} has a budget in usd"
    for cap in caps:
        if cap.usd is not None and (cap.models is None or set(models) & set(cap.models)):
            return f"the cap {cap.name} is one in usd"
    return ""


def _counts_money(definition: Definition) -> bool:
    nodes = [*definition.flows.values(), *definition.agents.values()]
    derived = {id(flow.most) for flow in definition.flows.values()}
    budgets = (node for root in nodes for node in walk(root) if isinstance(node, Budget) and id(node) not in derived)
    return any(budget.usd is not None for budget in budgets)
