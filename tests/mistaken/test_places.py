"""About one stretch of text one error is told: the first in the order of codes. Warnings follow from no other."""

from dsl.analysis import analyse
from dsl.checks.consequences import one_at_a_place
from dsl.diagnostics.diagnostic import Diagnostic, Label
from dsl.source import Source, Span
from tests.mistaken.corpus import EXAMPLES


def about(code: str, start: int, *, warning: bool = False) -> Diagnostic:
    return Diagnostic(code, "so", Label(Span(start, start + 1)), severity="warning" if warning else "error")


def test_of_the_errors_about_one_place_the_first_is_told() -> None:
    name, type_, elsewhere = about("SF101", 1), about("SF201", 1), about("SF201", 5)
    assert one_at_a_place([name, type_, elsewhere]) == [name, elsewhere]


def test_a_warning_is_told_also_of_a_place_with_another_and_once() -> None:
    one, other = about("SF601", 1, warning=True), about("SF603", 1, warning=True)
    assert one_at_a_place([one, other, one]) == [one, other]


def test_a_brace_that_is_no_text_is_told_of_once() -> None:
    text = (EXAMPLES / "monitor.flow").read_text(encoding="utf-8").replace('"{{ site }}', '{{ " site }}', 1)
    places = [each.primary.span for each in analyse(Source("monitor.flow", text)).diagnostics]
    assert len(places) == len(set(places)) == 1
