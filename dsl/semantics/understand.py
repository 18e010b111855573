"""The whole of semantics: from a tree to facts about it."""

from collections.abc import Sequence

from dsl.ast.declarations import FlowDeclaration, Module
from dsl.semantics import declare
from dsl.semantics.facts import Facts
from dsl.semantics.findings import Finding
from dsl.semantics.flows import walk_flow
from dsl.semantics.inference import Inference
from dsl.semantics.nodes import by_class
from dsl.semantics.resolve import Resolver
from dsl.semantics.rules import EXPECTATIONS, RULES
from dsl.source import Span


def understand(module: Module, text: str, broken: Sequence[Span] = ()) -> Facts:
    """`broken` are the places of syntax errors: what is near them may be missing from the tree, and is not missed."""
    findings: list[Finding] = []
    declarations = declare.names(module, text, bool(broken), findings)
    facts = Facts(module, declarations, by_class(module), findings=findings)
    resolver = Resolver(declarations, findings)
    resolver.declare()
    declare.signatures(module, declarations, resolver)
    inference = Inference(facts, RULES, EXPECTATIONS)
    declare.check_bodies(module, resolver, inference)
    for flow in facts.all(FlowDeclaration):
        walk_flow(flow, facts, resolver, broken)
    resolver.settle()
    declare.check_defaults(resolver, inference)
    return facts
