"""What a call of a tool costs: an amount of money, or what its result says, up to a bound."""

from decimal import Decimal

from dsl.ast.declarations import Costs
from dsl.ast.expressions import Expression, Literal
from dsl.syntax.build_types import Bound
from dsl.syntax.site import Option, Rules, Site
from dsl.syntax.token import Token


def costs(site: Site, value: Expression, limit: Bound | None, unit: Token | None) -> Option:
    if unit is None or unit.text != "usd":
        told = "no unit is said" if unit is None else f"{unit.text} are counted, and nobody charges them for a tool"
        site.problem(
            f"a call of a tool costs money, and {told}",
            site.span if unit is None else unit.span,
            code="SF305",
            advice="write what one call costs: `costs 0.01 usd`, or `costs result.price at most 0.05 usd`",
        )
    most = None if limit is None else limit.value
    if isinstance(value, Literal) and isinstance(value.value, int | Decimal) and not isinstance(value.value, bool):
        most = Decimal(value.value)
        if limit is not None:
            site.problem("what is fixed needs no bound", limit.span, code="SF305", advice="leave out `at most`")
    if most is not None and most <= 0:
        site.problem("a tool that costs nothing says nothing of it", code="SF305", advice="leave out `costs`")
    return Option("costs", Costs(value, most, span=site.span), site.span)


RULES: Rules = {"costs": costs}
