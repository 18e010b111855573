"""The whole of semantics: from a tree to facts about it."""

from collections.abc import Sequence

from dsl.ast.declarations import FlowDeclaration, Module
from dsl.semantics import config, declare
from dsl.semantics.constants import judge_constants
from dsl.semantics.declared_constants import without_repeats, written_out
from dsl.semantics.facts import Facts
from dsl.semantics.findings import Finding
from dsl.semantics.flows import walk_flow
from dsl.semantics.inference import Inference
from dsl.semantics.nodes import by_class
from dsl.semantics.resolve import Resolver
from dsl.semantics.roots import one_for_each
from dsl.semantics.rules import EXPECTATIONS, RULES
from dsl.source import Damage, Span


def understand(
    module: Module, text: str, broken: Sequence[Span] = (), lost: bool = False, excused: frozenset[str] = frozenset()
) -> Facts:
    """`broken` are the places of syntax errors: what is near them may be missing from the tree, and is not missed; with
    `lost`, whole declarations may be. What is wrong with the names that are `excused` is told already."""
    findings: list[Finding] = []
    damage = Damage(broken)
    module, uses = written_out(module, findings)
    declarations = declare.names(module, text, damage, findings)
    declarations.lost |= excused
    declarations.open = declarations.open or lost
    facts = Facts(
        module, declarations, by_class(module), findings=findings, damage=damage, constants_named=frozenset(uses.named)
    )
    resolver = Resolver(declarations, findings)
    resolver.declare()
    config.declare(declarations, resolver, findings)
    declare.signatures(module, declarations, resolver, damage, findings)
    inference = Inference(facts, RULES, EXPECTATIONS)
    declare.check_bodies(module, resolver, inference)
    for flow in facts.all(FlowDeclaration):
        walk_flow(flow, facts, resolver)
    resolver.settle()
    declare.check_defaults(resolver, inference)
    judge_constants(facts)
    without_repeats(findings, module, uses)
    one_for_each(facts)
    return facts
