"""The walk through each flow of a file, and the table from class of statement to what it does."""

from dsl.ast import statements as ast
from dsl.ast.bindings import names_defined
from dsl.ast.declarations import FlowDeclaration
from dsl.later import later
from dsl.semantics import capped, config, walk_values
from dsl.semantics.declare import parameters
from dsl.semantics.facts import Facts
from dsl.semantics.findings import NoReturn
from dsl.semantics.gathered import report_longer
from dsl.semantics.inference import Inference
from dsl.semantics.nodes import by_class
from dsl.semantics.resolve import Resolver
from dsl.semantics.rules import EXPECTATIONS, RULES
from dsl.semantics.types import NOTHING
from dsl.semantics.walker import Around, Walk, Walker

TABLE: dict[type, Walk] = {
    ast.Step: walk_values.step,
    ast.Let: walk_values.let,
    ast.Var: walk_values.var,
    ast.Set: walk_values.set_,
    ast.Commit: walk_values.commit,
    ast.CompensateStatement: walk_values.compensate_statement,
    ast.Sleep: walk_values.sleep,
    ast.Fail: walk_values.fail,
    ast.Return: walk_values.return_,
    ast.If: later("dsl.semantics.walk_choices", "if_"),
    ast.Match: later("dsl.semantics.walk_choices", "match"),
    ast.Try: later("dsl.semantics.walk_blocks", "try_"),
    ast.BudgetBlock: later("dsl.semantics.walk_blocks", "budget_block"),
    ast.ExclusiveBlock: later("dsl.semantics.walk_blocks", "exclusive_block"),
    ast.For: later("dsl.semantics.walk_rounds", "for_"),
    ast.Loop: later("dsl.semantics.walk_rounds", "loop"),
    ast.Until: later("dsl.semantics.walk_rounds", "until"),
    ast.Break: later("dsl.semantics.walk_rounds", "break_"),
    ast.Continue: later("dsl.semantics.walk_rounds", "continue_"),
    ast.Parallel: later("dsl.semantics.walk_fan", "parallel"),
    ast.ParallelFor: later("dsl.semantics.walk_fan", "parallel_for"),
    ast.Yield: later("dsl.semantics.walk_fan", "yield_"),
    ast.AwaitApproval: later("dsl.semantics.walk_approval", "await_approval"),
    ast.AwaitEvent: later("dsl.semantics.walk_events", "await_event"),
    ast.Respond: later("dsl.semantics.walk_events", "respond"),
    ast.AwaitFirst: later("dsl.semantics.walk_events", "await_first"),
}


def walk_flow(flow: FlowDeclaration, facts: Facts, resolver: Resolver) -> None:
    nodes = by_class(flow)
    quiet = facts.damage.touches(flow.span)
    if quiet:
        facts.partly_read.add(id(flow))
    inference = Inference(facts, RULES, EXPECTATIONS, names_defined(nodes), quiet)
    signature = facts.declarations.callees.get(flow.name)
    returns = NOTHING if signature is None else signature.returns
    if signature is not None and signature.node is not flow and flow.returns is not None:
        returns = resolver.resolve(flow.returns)
    walker = Walker(flow, returns, inference, resolver, TABLE)
    found = len(facts.findings)
    while True:
        start = parameters(flow.parameters, resolver, config.given(resolver, inference)).within(flow.budget)
        capped.budget(flow.budget, start, inference)
        capped.asks(flow.asks, inference)
        end = walker.block(flow.body, start, Around())
        if not walker.growing:
            break
        del facts.findings[found:]
        walker = Walker(flow, returns, inference, resolver, TABLE, held=walker.held)
    report_longer(flow.body, walker.gatherings, inference)
    if end is not None and flow.returns is not None and not quiet:
        inference.report(NoReturn(flow))
