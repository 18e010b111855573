"""The lists of kinds that are not total, each with the reason why no other kind needs to be in it.

`kinds.py` finds them. Before a row is added here: can it be a column of `dsl/ast/shapes.py`, something that a construct
says of itself, or a `match` that ends in `assert_never`? A list that names what to leave out is better than one that
names what to show, because then a new kind is seen.
"""

from typing import get_args

from dsl.ast import expressions, statements
from tests.house.kinds import Partial

_WRITTEN = " ".join(sorted(kind.__name__ for kind in get_args(expressions.Written)))

_ONLY_NAMED = (
    "AgentDeclaration ConfigDeclaration ConstantDeclaration FunctionDeclaration ToolDeclaration TypeDeclaration"
)

_OF_THE_UNION = (
    "Let Set Var",
    "AwaitApproval AwaitEvent AwaitFirst Respond Sleep",
    "BudgetBlock ExclusiveBlock For If Loop Match Parallel ParallelFor Try",
    "Break Continue Fail Return Until Yield",
    "Commit CompensateStatement Step",
)

_LENGTHS = ("For If Loop Match ParallelFor Set Var", "Binary Chain Conditional FunctionCall Name Row")

_FOLLOWED = (
    "AwaitApproval AwaitEvent AwaitFirst BudgetBlock For Let Loop Parallel ParallelFor Set Sleep Step Try Until Var "
    "Yield"
)

PARTIAL = {
    Partial(file, kinds): reason
    for file, kinds, reason in (
        ("dsl/ast/expressions.py", _WRITTEN, "what stands in a text; the others are put there by sealing"),
        ("dsl/ast/expressions.py", "Apply Convert Widen", "what sealing puts, beside what stands in a text"),
        (
            "dsl/ast/chosen.py",
            "AwaitEvent BudgetBlock Loop ParallelFor Sleep Step",
            "what has a limit, or a time, of its own",
        ),
        ("dsl/definition/linked.py", "AwaitEvent AwaitFirst", "what waits for messages"),
        *(("dsl/ast/statements.py", kinds, "a part of the union of all") for kinds in _OF_THE_UNION),
        ("dsl/semantics/rules.py", _WRITTEN, "what stands in a text"),
        ("dsl/semantics/provenance/values.py", _WRITTEN, "what stands in a text"),
        (
            "dsl/semantics/sensitivity/flows.py",
            "AwaitApproval ExclusiveBlock Fail Respond Return Step",
            "what shows something; any other is as for provenance",
        ),
        *(
            ("dsl/semantics/staleness/" + file, kinds, reason)
            for file, kinds, reason in (
                ("effects.py", "AgentDeclaration FlowDeclaration", "what calls others itself"),
                ("effects.py", "Break Continue Fail Return Yield", "what leaves a block by itself"),
                (
                    "effects.py",
                    "AwaitApproval AwaitEvent AwaitFirst ExclusiveBlock Loop Sleep",
                    "what waits for people, events or a time",
                ),
                ("effects.py", "AgentDeclaration FlowDeclaration ToolDeclaration", "what a step calls"),
                (
                    "flows.py",
                    "AwaitApproval AwaitEvent AwaitFirst ExclusiveBlock Loop Sleep",
                    "what waits for people, events or a time",
                ),
                ("knowing.py", "Comprehension Get Index Name", "what reads a name, or a part of it"),
                ("knowing.py", "Break Continue Fail Return Yield", "what leaves a block by itself"),
                ("walk.py", "Break Continue ExclusiveBlock Fail If Match Return", "after which nothing may follow"),
                (
                    "walk.py",
                    _FOLLOWED,
                    "any other gives no value, decides nothing, and waits for nobody",
                ),
                ("walk.py", "Let Set Var Yield", "what gives a name its value"),
                ("walk.py", "AwaitApproval AwaitEvent AwaitFirst", "what has ways of its own; a sleep has none"),
                ("walk.py", "AgentDeclaration FlowDeclaration ToolDeclaration", "what a step calls"),
                ("walk.py", "Fail Return", "what ends a flow, so nothing comes behind it"),
            )
        ),
        (
            "dsl/checks/unused_declarations.py",
            _ONLY_NAMED,
            "what is there only to be named; a flow can be started",
        ),
        (
            "dsl/checks/unused_parameters.py",
            "AgentDeclaration FlowDeclaration FunctionDeclaration",
            "what reads its parameters itself; those of a tool are for who carries it out",
        ),
        *(("dsl/semantics/gathered.py", kinds, "what makes a list longer, or as long") for kinds in _LENGTHS),
        ("dsl/semantics/ranges.py", "FunctionCall Get Literal Name Unary", "whose bounds are known"),
        ("dsl/semantics/settled.py", "Binary Get Literal Name Unary", "of which something is known"),
        (
            "interpreter/activities/given_files.py",
            "GenericType ListType NamedType OptionalType RecordType",
            "where a file may stand as plain JSON; in a union nothing says which it is",
        ),
        ("dsl/semantics/sensitivity/flows.py", "For Loop", "what `break` and `continue` lead out of"),
        (
            "dsl/semantics/sensitivity/flows.py",
            "AgentDeclaration FlowDeclaration ToolDeclaration",
            "what a step calls",
        ),
        ("dsl/semantics/sensitivity/flows.py", "Get Literal Name", "what cannot fail; any other may"),
        (
            "dsl/semantics/sensitivity/agents.py",
            "AgentDeclaration FlowDeclaration ToolDeclaration",
            "what an agent uses",
        ),
        (
            "dsl/semantics/sensitivity/shown.py",
            "AgentDeclaration FlowDeclaration ToolDeclaration",
            "with approvals and uses, all that shows something",
        ),
        ("dsl/checks/sensitive_classes.py", "AgentDeclaration FlowDeclaration ToolDeclaration", "what `sees`"),
        (
            "dsl/semantics/provenance/flow.py",
            "AgentDeclaration FlowDeclaration ToolDeclaration",
            "what a step calls",
        ),
        ("dsl/semantics/provenance/search.py", "AgentDeclaration FlowDeclaration", "what calls others"),
        ("dsl/decompiling/types.py", "ConversationType ListType OptionalType", "what can have its size behind it"),
        (
            "dsl/decompiling/pointers.py",
            "AgentDeclaration FlowDeclaration ToolDeclaration TypeDeclaration",
            "what is in a definition; functions are written out",
        ),
        ("dsl/decompiling/declarations.py", "Apply Convert FunctionCall", "what can shape a result for a model"),
        ("dsl/semantics/reckoning.py", "If Match", "choices, which have the rest of their block beside them"),
        ("dsl/planning/plans.py", "If Match", "choices, which have the rest of their block beside them"),
        ("dsl/semantics/reckoning.py", "Break Continue Fail Return", "what leaves a block by itself"),
        ("dsl/planning/plan.py", "AwaitApproval Sleep Step", "lines that come to something by themselves"),
        ("dsl/planning/plan.py", "AwaitApproval BudgetBlock Loop", "with uses, all that asks people"),
        ("dsl/planning/plan.py", "AgentDeclaration FlowDeclaration", "with blocks, what may park"),
        ("dsl/planning/plan.py", "For ParallelFor", "what goes through a list"),
        ("dsl/planning/plans.py", "For Loop ParallelFor", "what is done more than once"),
        ("dsl/planning/plan.py", "AgentDeclaration FlowDeclaration ToolDeclaration", "what can be called"),
        ("dsl/review/data.py", "AgentDeclaration FlowDeclaration ToolDeclaration", "who is shown something"),
        ("dsl/review/data.py", "AgentDeclaration ToolDeclaration", "who `keeps` something"),
        (
            "dsl/review/text.py",
            "AgentDeclaration FlowDeclaration ToolDeclaration TypeDeclaration",
            "what a definition holds by name",
        ),
        ("dsl/planning/plans.py", "AwaitApproval AwaitEvent AwaitFirst CompensateStatement Sleep", "leaves that cost"),
        ("dsl/planning/plans.py", "AwaitApproval Step", "branches, whose expressions are their own"),
        ("dsl/planning/plans.py", "ExclusiveBlock Try", "blocks that add something to what stands in them"),
        (
            "dsl/semantics/longest_wait.py",
            "AwaitApproval AwaitEvent ExclusiveBlock Sleep Step",
            "what waits for something that is none of its own blocks",
        ),
        ("dsl/checks/budgets.py", "BudgetBlock CompensateStatement Loop Step", "what spends, or is free"),
        ("dsl/checks/budgets.py", "Return Until", "with `break`, all that leaves a loop"),
        ("dsl/checks/irreversible.py", "For ParallelFor", "items of a list, to say which one to show"),
        ("dsl/checks/list_size.py", "For ParallelFor", "what the walk reports as unbounded"),
        ("dsl/values/offers.py", "AgentDeclaration FlowDeclaration ToolDeclaration", "what can be called"),
        (
            "dsl/checks/list_size.py",
            "Comprehension FunctionCall Get Index Name Slice",
            "what takes a list whole, or a part of it; any other is its parts",
        ),
        ("dsl/checks/no_value.py", "For ParallelFor", "a hint for the name of an item; there is one for any other"),
        ("dsl/checks/no_value.py", "Let Parallel ParallelFor Var", "a hint for names that end with their block"),
        (
            "dsl/checks/shares.py",
            "BudgetBlock Loop Parallel ParallelFor Step",
            "what limits or shares; any other is its parts",
        ),
        ("dsl/checks/shares.py", "Parallel ParallelFor", "what may go on beside what follows"),
        ("dsl/checks/least.py", "Sleep Step", "what is counted"),
        ("dsl/checks/least.py", "BudgetBlock ExclusiveBlock For Loop Try", "whose body is done for certain, or begun"),
        ("dsl/checks/least.py", "Parallel ParallelFor", "whose branches all are"),
        (
            "dsl/checks/least.py",
            "Break Continue Fail For If Loop Match Parallel ParallelFor Return Until Yield",
            "what leads away, and what that does not lead out of",
        ),
        ("dsl/semantics/raised.py", "FlowDeclaration ToolDeclaration", "what declares errors, or fails by itself"),
        (
            "dsl/semantics/raised.py",
            "CompensateStatement Fail Loop Parallel ParallelFor Step Try",
            "what fails, or keeps an error to itself; any other does what stands in it",
        ),
        ("dsl/semantics/machine_kinds.py", "AgentDeclaration FlowDeclaration ToolDeclaration", "what can be called"),
        (
            "dsl/semantics/machine_kinds.py",
            "BudgetBlock CompensateStatement ExclusiveBlock Fail Loop Parallel ParallelFor Set Step",
            "what some kind of error needs",
        ),
        ("dsl/semantics/written_with.py", "FlowDeclaration ToolDeclaration", "calls that no model decides about"),
        ("dsl/semantics/written_with.py", "BudgetBlock Parallel Step Try", "what is done whenever a block is"),
        ("dsl/semantics/staleness/walk.py", "Break Continue", "what leads out of a round, beside `until`"),
        ("dsl/checks/losers.py", "AgentDeclaration FlowDeclaration ToolDeclaration", "what a step calls"),
        ("dsl/checks/unused.py", "AgentDeclaration ToolDeclaration", "what may do nothing but answer"),
        (
            "dsl/checks/unused.py",
            "AwaitApproval Let Step Var",
            "a result that cost something, or a name: a warning",
        ),
        (
            "dsl/definition/linked.py",
            "AwaitApproval BudgetBlock Loop Sleep",
            "what a run takes more for granted of",
        ),
        ("dsl/definition/linked.py", "AgentDeclaration FlowDeclaration", "the same, of declarations"),
        ("dsl/semantics/questions.py", "BudgetBlock Loop", "what has a budget"),
        ("dsl/semantics/questions.py", "AgentDeclaration FlowDeclaration", "what has a budget"),
        (
            "dsl/definition/linked.py",
            "Apply Binary FunctionCall Unary",
            "what names an operation, or knows names of its own",
        ),
        (
            "dsl/definition/linked.py",
            "CompensateStatement ExclusiveBlock Step",
            "what can call only some things",
        ),
        ("dsl/definition/linked.py", "NamedType OptionalType UnionType", "types that hold nothing themselves"),
        ("dsl/definition/scopes.py", "Break Continue Fail Return Until Yield", "a part of the `match` over all"),
        (
            "dsl/definition/scopes.py",
            "AwaitApproval Commit CompensateStatement Respond Sleep Step",
            "a part of the `match` over all",
        ),
        ("dsl/definition/scopes.py", "AwaitEvent BudgetBlock ExclusiveBlock Try", "a part of the `match` over all"),
        ("dsl/definition/scopes.py", "Let Set Var", "a part of the `match` over all"),
        (
            "dsl/definition/reach.py",
            "AgentDeclaration FlowDeclaration ToolDeclaration TypeDeclaration",
            "what is in a definition; functions are written out",
        ),
        (
            "dsl/definition/seal.py",
            "AgentDeclaration FlowDeclaration ToolDeclaration TypeDeclaration",
            "what is in a definition; functions are written out",
        ),
        (
            "dsl/definition/seal.py",
            "AgentDeclaration FlowDeclaration ToolDeclaration",
            "what has parameters, and what is filled in",
        ),
        (
            "dsl/expressions/evaluate.py",
            "Apply Binary Chain Comprehension Conditional Convert FunctionCall ListLiteral RecordLiteral Row Widen",
            "what makes a value, so that its size is looked at; the others only find one",
        ),
        (
            "interpreter/mcp/fitting.py",
            "GenericType ListType RecordType",
            "types that hold others; any other has no parts",
        ),
        ("interpreter/mcp/fitting.py", "ListType LiteralType RecordType", "types with something to look at inside"),
        ("dsl/semantics/origins.py", "AwaitApproval Step", "what gives records with fields that are written"),
        (
            "dsl/semantics/declare.py",
            "AgentDeclaration FlowDeclaration FunctionDeclaration ToolDeclaration",
            "what can be called",
        ),
        ("dsl/linking/link.py", "ConfigDeclaration ConstantDeclaration", "what a plain name may stand for"),
        ("dsl/semantics/declare.py", "ConfigDeclaration ConstantDeclaration", "what a plain name may stand for"),
        (
            "dsl/semantics/declare.py",
            "ConfigDeclaration ConstantDeclaration FunctionDeclaration TypeDeclaration",
            "whose names the language may have already",
        ),
        ("dsl/semantics/raised.py", "Conditional Literal RecordLiteral Template", "what a `fail` names a kind by"),
        ("dsl/semantics/reckoning.py", "AgentDeclaration FlowDeclaration ToolDeclaration", "what can be called"),
        ("dsl/semantics/gating/gates.py", "FlowDeclaration ToolDeclaration", "what may need an approval"),
        ("dsl/semantics/gating/gates.py", "For ParallelFor", "items of what was shown; any other round opens no gate"),
        (
            "dsl/semantics/gating/gates.py",
            "Conditional ListLiteral RecordLiteral Template",
            "a smaller place for a message; any other is shown whole",
        ),
        (
            "dsl/semantics/gating/readings.py",
            "Conditional DurationLiteral FunctionCall Get Index Literal Unary",
            "what can be covered; any other is not",
        ),
        (
            "dsl/semantics/gating/readings.py",
            "ListLiteral RecordLiteral Template",
            "what is covered when its parts are together",
        ),
        (
            "dsl/semantics/gating/terms.py",
            "Comprehension FunctionCall Get Index Name",
            "what has a rule of its own; any other is its parts",
        ),
        (
            "dsl/semantics/gating/terms.py",
            "Comprehension FunctionCall Slice",
            "a filter that adds nothing; any other is no filter",
        ),
        (
            "dsl/semantics/gating/terms.py",
            "For Let ParallelFor",
            "names that stand for what was written; any other is itself",
        ),
        ("dsl/semantics/gating/terms.py", "For ParallelFor", "what goes over the items of a list"),
        ("dsl/semantics/provenance/agents.py", "AgentDeclaration FlowDeclaration", "what may ask people further on"),
        ("dsl/semantics/provenance/around.py", "Parallel ParallelFor", "what may be decided by who comes first"),
        ("dsl/semantics/provenance/flow.py", "For Loop", "what `break` and `continue` leave"),
        ("dsl/semantics/provenance/turns.py", "For Loop ParallelFor", "what has turns"),
        (
            "dsl/semantics/narrowing.py",
            "Binary Conditional Get Index Name Unary",
            "what tells something; any other tells nothing",
        ),
        ("dsl/semantics/narrowing.py", "Get Index Name", "what a path is made of"),
        ("dsl/checks/maybe_null.py", "Get Index Name", "what a path is made of"),
        (
            "dsl/semantics/rules.py",
            "Chain Conditional ListLiteral RecordLiteral",
            "what takes its type from what is wanted",
        ),
        ("dsl/syntax/build_parallel.py", "AwaitApproval Step", "a branch that needs no block, by the grammar"),
        (
            "interpreter/core/opened_calls.py",
            "Comprehension FunctionCall Get Index Literal Name Slice Widen",
            "words for people; any other is an ellipsis",
        ),
        (
            "interpreter/core/opened_calls.py",
            "Conditional Get ListLiteral RecordLiteral Template Widen",
            "what a gate takes that is composed",
        ),
        ("interpreter/core/opened_calls.py", "Get Index Widen", "what a path goes through"),
        (
            "dsl/values/validate.py",
            "ConversationType GenericType ListType NamedType OptionalType RecordType UnionType",
            "what a text can write",
        ),
        ("dsl/semantics/constants.py", "Binary FunctionCall Index Row", "what may have no value; any other has one"),
        ("interpreter/core/moving.py", "AwaitFirst If Match", "one block runs, and sees none of the others"),
        ("interpreter/core/moving.py", "Parallel ParallelFor", "whose blocks run side by side"),
        ("interpreter/core/wording.py", "Get Index Literal Name Widen", "words for a title; any other has none"),
        (
            "interpreter/worker/compatibility.py",
            "GenericType ListType LiteralType NamedType RecordType",
            "optional and union types are taken apart before; any other pair does not fit",
        ),
        (
            "dsl/differences/coming.py",
            "AwaitApproval BudgetBlock CompensateStatement ExclusiveBlock",
            "what keeps a promise by being there",
        ),
        ("dsl/differences/coming.py", "AwaitEvent Commit Step", "what else counts by being there, or by being gone"),
        (
            "dsl/differences/compatible.py",
            "GenericType ListType LiteralType NamedType RecordType",
            "optional and union types are taken apart before; any other pair does not fit",
        ),
        ("dsl/differences/differences.py", "AgentDeclaration FlowDeclaration ToolDeclaration", "what can be called"),
        (
            "dsl/differences/fields.py",
            "AgentDeclaration FlowDeclaration ToolDeclaration",
            "with statements, what has fields; test_fields.py holds them to be all",
        ),
        ("dsl/differences/fields.py", "AwaitApproval Match Step", "what has fields that are compared elsewhere"),
        (
            "dsl/differences/flows.py",
            "AwaitApproval CompensateStatement Fail Let Respond Return Set Step Until Yield",
            "what is more in words than what it is called",
        ),
        (
            "dsl/differences/items.py",
            (
                "AwaitApproval AwaitEvent AwaitFirst CompensateStatement ExclusiveBlock For If Let Match "
                "ParallelFor Respond Set Step Var"
            ),
            "labels; any other is called by its word and its name",
        ),
        ("dsl/differences/items.py", "Let Step Var", "names that are not the place in a path, which any other has"),
        ("dsl/differences/items.py", "Respond Set", "what names something else"),
        ("dsl/differences/items.py", "Fail Return Sleep Until Yield", "what is called by what it stands in"),
        ("dsl/differences/matching.py", "AwaitApproval AwaitEvent Step", "what is somebody's business by itself"),
        (
            "dsl/differences/matching.py",
            "Break Commit Continue Fail Return Sleep Until Yield",
            "statements of which one alone of its kind is known by that",
        ),
        ("dsl/differences/plain.py", "AwaitApproval Match Step", "what sealing writes something into"),
        ("dsl/differences/plain.py", "Break Continue Respond Set", "with expressions, what names something"),
        ("dsl/differences/waits.py", "AwaitApproval AwaitEvent AwaitFirst Sleep", "where a run can be for long"),
        (
            "interpreter/core/constructs/table.py",
            " ".join(sorted({kind.__name__ for kind in get_args(statements.Statement)} - {"Step"})),
            "the kind of a step says what it calls; test_constructs.py compares the rest",
        ),
    )
}
