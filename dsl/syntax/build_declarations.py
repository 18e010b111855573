"""Files, what they use of others, types, flows, functions, constants and values of the deployment."""

from dsl.ast.declarations import (
    ConfigDeclaration,
    ConstantDeclaration,
    Declaration,
    FlowDeclaration,
    FunctionDeclaration,
    Module,
    ToolDeclaration,
    TypeDeclaration,
    TypeFrom,
    UseFile,
)
from dsl.ast.expressions import Expression
from dsl.ast.statements import Block
from dsl.ast.types import Field, Type
from dsl.dataclass import replace
from dsl.source import Span
from dsl.syntax.build_types import field
from dsl.syntax.site import Option, Rules, Site, option_values
from dsl.syntax.templates import plain
from dsl.syntax.token import Token

EDITION = 1


def module(site: Site, edition: int | None, *read: Declaration | UseFile | tuple[ToolDeclaration, ...]) -> Module:
    declarations: list[Declaration] = []
    uses = tuple(one for one in read if isinstance(one, UseFile))
    for one in read:
        if not isinstance(one, UseFile):
            declarations.extend(one if isinstance(one, tuple) else (one,))
    if edition is None:
        site.problem(
            "the file does not begin with its edition",
            Span(0, 0),
            code="SF002",
            advice=f"begin with `edition {EDITION}`",
            replacement=f"edition {EDITION}\n\n",
        )
    if any(isinstance(one, ToolDeclaration) and one.served for one in declarations):
        from dsl.syntax.build_servers import one_server_each  # most texts have no server

        one_server_each(site, declarations)
    return Module(edition, tuple(declarations), uses, span=site.span)


def edition(site: Site, _doc: str | None, number: Token) -> int:
    if int(number.text) != EDITION:
        site.problem(
            f"edition {number.text} is not known",
            number.span,
            code="SF002",
            advice=f"this version knows edition {EDITION}",
            replacement=str(EDITION),
        )
    return int(number.text)


def type_declaration(site: Site, doc: str | None, name: Token, type_: Type) -> TypeDeclaration:
    return TypeDeclaration(name.text, type_, doc, span=site.span)


def parameters(_site: Site, *fields: Field) -> tuple[Field, ...]:
    return fields


def flow_declaration(
    site: Site,
    doc: str | None,
    name: str,
    fields: tuple[Field, ...],
    returns: Type | None,
    *rest: Option | Block,
) -> FlowDeclaration:
    *options, body = rest
    assert isinstance(body, Block)
    site.findings.unnamed.clear()
    values = option_values(site, tuple(option for option in options if not isinstance(option, Block)))
    return FlowDeclaration(name, fields, returns, body, **values, doc=doc, span=site.span)


def depth(site: Site, number: Token) -> Option:
    """The flow itself is the first level."""
    if int(number.text) == 0:
        message, advice = (
            "at a depth of 0 the flow itself could not run",
            "write how many levels there may be: `depth 3`",
        )
        site.problem(message, number.span, code="SF306", advice=advice)
    return Option("depth", int(number.text), site.span)


def requires_approval(site: Site) -> Option:
    return Option("requires_approval", True, site.span, "requires approval")


def use_file(site: Site, _doc: str | None, path: Token, alias: Token | None) -> UseFile:
    return UseFile(plain(site, path), None if alias is None else alias.text, span=site.span)


def type_from(site: Site, doc: str | None, name: Token, path: Token) -> TypeFrom:
    return TypeFrom(name.text, plain(site, path), doc, span=site.span)


def function_declaration(
    site: Site, doc: str | None, name: Token, fields: tuple[Field, ...], returns: Type, value: Expression
) -> FunctionDeclaration:
    return FunctionDeclaration(name.text, fields, returns, value, doc, span=site.span)


def constant_declaration(site: Site, doc: str | None, name: Token, value: Expression) -> ConstantDeclaration:
    return ConstantDeclaration(name.text, value, doc, span=site.span)


def config_declaration(
    site: Site, doc: str | None, name: Token, type_: Type, *rest: Option | Expression | None
) -> ConfigDeclaration:
    declared = field(site, doc, name, type_, *rest)
    return ConfigDeclaration(name.text, replace(declared, span=Span(name.span.start, site.span.end)), span=site.span)


RULES: Rules = {
    "module": module,
    "edition": edition,
    "type_declaration": type_declaration,
    "parameters": parameters,
    "flow_declaration": flow_declaration,
    "depth": depth,
    "requires_approval": requires_approval,
    "use_file": use_file,
    "type_from": type_from,
    "function_declaration": function_declaration,
    "constant_declaration": constant_declaration,
    "config_declaration": config_declaration,
}
