"""From types as written to types as meant.

Declared types are resolved when they are first named, whatever their order. A type that comes upon itself is recursive:
a value of it can only be finite through a list, a map or `?` in between, so the way down counts those (`guarded`). And
a value of it must be something besides: `A?` alone, as `A`, is nothing (`inside` counts what it may stand in).
"""

from collections.abc import Callable
from typing import Any

from dsl.ast.declarations import TypeDeclaration
from dsl.ast.node import Node
from dsl.ast.types import (
    ConversationType,
    Field,
    GenericType,
    ListType,
    LiteralType,
    NamedType,
    OptionalType,
    RecordType,
    Type,
    UnionType,
)
from dsl.semantics import types as meant
from dsl.semantics.constraints import constrained
from dsl.semantics.findings import DefinedTwice, Finding, InvalidType, UnknownName, WrongKind
from dsl.semantics.symbols import Declarations
from dsl.semantics.unions import alternatives, discriminator
from dsl.values.structure import GENERIC_TYPES


class Resolver:
    """Resolves the types of one file into `declarations`, and reports into `findings`."""

    def __init__(self, declarations: Declarations, findings: list[Finding]) -> None:
        self._declarations = declarations
        self._findings = findings
        self._under_way: dict[str, tuple[int, int]] = {}
        self._guarded = 0
        self._inside = 0
        self._depth = 0
        self._unions: list[tuple[Node, meant.UnionOf]] = []
        self.fields: dict[int, meant.Type] = {}
        """The types of all fields and parameters that were resolved, by the identity of their nodes."""

    def declare(self) -> None:
        """Resolve every declared type, then look into the unions, which needs all of them."""
        for name in self._declarations.type_nodes:
            self._declared(name)
        self.settle()

    def settle(self) -> None:
        """Report the unions met so far whose records cannot be told apart."""
        for node, union in self._unions:
            self._check_union(node, union)
        self._unions.clear()

    def resolve(self, node: Type) -> meant.Type:
        """What `node` denotes. Later stages go through types by recursion, so these have a deepest level."""
        if self._depth == meant.DEEPEST:
            message = f"types inside types, more than {meant.DEEPEST} deep"
            self._findings.append(InvalidType(node, message, "make it flatter"))
            return meant.UNKNOWN
        self._depth += 1
        found = _RULES[type(node)](self, node)
        self._depth -= 1
        return found

    def record(self, node: RecordType, name: str | None = None) -> meant.Record:
        return meant.Record(self.members(node.fields), name)

    def members(self, fields: tuple[Field, ...]) -> tuple[meant.Member, ...]:
        """Fields or parameters; of two with one name the first counts."""
        found: dict[str, tuple[meant.Member, Field]] = {}
        self._inside += 1
        for field in fields:
            type_ = constrained(field, self.resolve(field.type), self._findings)
            self.fields[id(field)] = type_
            if field.name in found:
                self._findings.append(DefinedTwice(field, field.name, found[field.name][1]))
                continue
            needed = field.default is None and type_ != meant.UNKNOWN and not self._may_be_left_out(field.type, type_)
            found[field.name] = meant.Member(field.name, type_, needed, field.default, field), field
        self._inside -= 1
        return tuple(member for member, _ in found.values())

    def _may_be_left_out(self, node: Type, type_: meant.Type) -> bool:
        """`json?` is `json`, whose null is a value like any other; that it may be left out stands in the text only."""
        while type_ == meant.JSON and isinstance(node, NamedType) and node.name in self._declarations.type_nodes:
            node = self._declarations.type_nodes[node.name].type
        return isinstance(type_, meant.OptionalOf) or (type_ == meant.JSON and isinstance(node, OptionalType))

    def named(self, node: NamedType) -> meant.Type:
        if node.name in meant.BASIC_TYPES:
            return meant.BASIC_TYPES[node.name]
        if node.name in self._under_way:
            return self._recursive(node)
        if node.name in self._declarations.type_nodes:
            return self._declared(node.name)
        self._unknown(node, node.name)
        return meant.UNKNOWN

    def _declared(self, name: str) -> meant.Type:
        types = self._declarations.types
        if name not in types:
            declaration: TypeDeclaration = self._declarations.type_nodes[name]
            self._under_way[name] = (self._guarded, self._inside)
            types[name] = self._with_name(self._body(declaration), name)
            del self._under_way[name]
        return types[name]

    def _body(self, declaration: TypeDeclaration) -> meant.Type:
        if isinstance(declaration.type, RecordType):
            return self.record(declaration.type, declaration.name)
        return self.resolve(declaration.type)

    def _with_name(self, type_: meant.Type, name: str) -> meant.Type:
        match type_:
            case meant.Enum(values=values, name=None):
                return meant.Enum(values, name)
            case meant.UnionOf(options=options, name=None):
                return meant.UnionOf(options, name)
            case _:
                return type_

    def _recursive(self, node: NamedType) -> meant.Type:
        guarded, inside = self._under_way[node.name]
        if self._guarded > guarded and self._inside > inside:
            return meant.Recursive(node.name, self._declarations.types)
        message = f"`{node.name}` contains itself, so a value of it would have no end"
        advice = f"make it optional: `{node.name}?`" if self._inside > inside else "say what it holds besides itself"
        self._findings.append(InvalidType(node, message, advice))
        return meant.UNKNOWN

    def _unknown(self, node: Type, name: str) -> None:
        known = (*meant.BASIC_TYPES, "conversation", *self._declarations.type_nodes, *GENERIC_TYPES)
        other = self._declarations.kind_of(name)
        if other is not None:
            self._findings.append(WrongKind(node, name, f"a {other[0]}", "a type", other[1]))
        elif not self._declarations.excused(name):
            self._findings.append(UnknownName(node, "type", name, known))

    def guarded(self, node: Type) -> meant.Type:
        """A type below a list, a map or `?`, which may be empty and so end a recursion."""
        self._guarded += 1
        found = self.resolve(node)
        self._guarded -= 1
        return found

    def _held(self, node: Type) -> meant.Type:
        self._inside += 1
        found = self.guarded(node)
        self._inside -= 1
        return found

    def list_of(self, node: ListType) -> meant.Type:
        if node.at_most is not None and node.at_most < 1:
            self._findings.append(InvalidType(node, f"a list of at most {node.at_most} items holds nothing"))
        return meant.ListOf(self._held(node.item), node.at_most)

    def conversation(self, node: ConversationType) -> meant.Type:
        if node.at_most is not None and node.at_most < 1:
            message = f"a conversation of at most {node.at_most} messages holds nothing"
            self._findings.append(InvalidType(node, message))
        return meant.Conversation(node.at_most)

    def generic(self, node: GenericType) -> meant.Type:
        before = len(self._findings)
        argument = self._held(node.argument)
        if node.name == "map":
            return meant.MapOf(argument)
        if node.name == "Outcome":
            return meant.OutcomeOf(argument)
        if node.name in self._declarations.type_nodes or node.name in (*meant.BASIC_TYPES, "conversation"):
            self._findings.append(InvalidType(node, f"`{node.name}` takes no type in brackets"))
        else:
            del self._findings[before:]  # `List[str]` is one mistake
            self._unknown(node, node.name)
        return meant.UNKNOWN

    def optional(self, node: OptionalType) -> meant.Type:
        return meant.optional(self.guarded(node.item))

    def union(self, node: UnionType) -> meant.Type:
        options = [self.resolve(option) for option in node.options]
        if any(option == meant.UNKNOWN for option in options):
            return meant.UNKNOWN
        enums = [option for option in options if isinstance(option, meant.Enum)]
        if len(enums) == len(options):
            return self._enum(node, enums)
        union = meant.UnionOf(tuple(options))
        self._unions.append((node, union))
        return union

    def _enum(self, node: UnionType, enums: list[meant.Enum]) -> meant.Type:
        values = [value for enum in enums for value in enum.values]
        known: dict[str, None] = {}
        for value in values:
            if value in known:
                self._findings.append(InvalidType(node, f'"{value}" stands in this enumeration twice'))
                break
            known[value] = None
        return meant.Enum(tuple(dict.fromkeys(values)))

    def _check_union(self, node: Node, union: meant.UnionOf) -> None:
        options = alternatives(union)
        if any(meant.structure(option) == meant.UNKNOWN for option in options):
            return
        odd = next((option for option in options if meant.members(option) is None), None)
        if odd is not None:
            message = f"a union holds texts or records, and {meant.spelled(odd)} is neither"
            self._findings.append(InvalidType(node, message, "wrap it in a record with a field that tells it apart"))
        elif discriminator(union) is None:
            message = "no field tells the records of this union apart"
            help_ = 'give each record a field with a text of its own, such as `kind: "a"` and `kind: "b"`'
            self._findings.append(InvalidType(node, message, help_))


_RULES: dict[type, Callable[[Resolver, Any], meant.Type]] = {
    NamedType: Resolver.named,
    LiteralType: lambda resolver, node: meant.Enum((node.value,)),
    RecordType: Resolver.record,
    ListType: Resolver.list_of,
    GenericType: Resolver.generic,
    OptionalType: Resolver.optional,
    UnionType: Resolver.union,
    ConversationType: Resolver.conversation,
}
