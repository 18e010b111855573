"""What a check looks at: the facts about a text, the text itself, and what is worked out from them on demand."""

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from dsl.ast.node import Node
from dsl.dataclass import dataclass
from dsl.diagnostics.diagnostic import Diagnostic, Label
from dsl.models.configured import TABLE, Models
from dsl.regex import regex
from dsl.semantics.call_graph import CallGraph, call_graph
from dsl.semantics.facts import Facts
from dsl.semantics.findings import Finding
from dsl.semantics.spending import Spendings
from dsl.source import Source, Span

if TYPE_CHECKING:
    from dsl.semantics.provenance.persons import ChosenByModel
    from dsl.semantics.provenance.search import Passed

MOST_SHOWN = 3
_HEAD = regex(r"(?:\s*#[^\n]*\n)*\s*")
"""Comments and documentation before the first word of a declaration."""


@dataclass(frozen=True)
class Program:
    """`models` is what is known of models where the text stands."""

    facts: Facts
    source: Source
    models: Models = TABLE

    @cached_property
    def graph(self) -> CallGraph:
        return call_graph(self.facts)

    @cached_property
    def spendings(self) -> Spendings:
        return Spendings(self.facts, self.graph)

    @cached_property
    def chosen_by_models(self) -> "list[ChosenByModel]":
        from dsl.semantics.provenance.persons import chosen_by_models

        return chosen_by_models(self.facts)

    def place(self, node: Node) -> Span:
        """Where `node` is shown: its text, and of a text of several lines the first line."""
        head = _HEAD.match(self.source.text, node.span.start, node.span.end)
        start = node.span.start if head is None else head.end()
        line_end = self.source.text.find("\n", start, node.span.end)
        end = node.span.end if line_end == -1 else line_end
        return Span(start, max(start, end))

    def word(self, node: Node, name: str) -> Span:
        """Where `name` stands in the first line of `node`, or the end of it; its place, when it does not."""
        place = self.place(node)
        for written in dict.fromkeys((name, name.rpartition(".")[2])):
            pattern = re.compile(rf"(?<![\w.]){re.escape(written)}(?!\w)")
            if found := pattern.search(self.source.text, place.start, node.span.end):
                return Span(found.start(), found.end())
        return place

    def label(self, node: Node, text: str = "") -> Label:
        return Label(self.place(node), text)

    def name_label(self, node: Node, name: str, text: str = "") -> Label:
        return Label(self.word(node, name), text)

    def way(self, passed: "tuple[Passed, ...]") -> tuple[Label, ...]:
        """The calls by which a value comes, from the last back to the first."""
        return tuple(self.label(each.step, _passed(each)) for each in passed)

    def also(self, found: Finding, name: str = "") -> tuple[Label, ...]:
        """Where else the mistake shows that `found` tells."""
        nodes = self.facts.also.get(id(found), ())[:MOST_SHOWN]
        return tuple(
            self.name_label(node, name, "also here") if name else self.label(node, "also here") for node in nodes
        )


def _passed(passed: "Passed") -> str:
    if passed.parameter is None:
        return f"whether `{passed.flow}` is called"
    return f"given to `{passed.flow}` as `{passed.parameter}`"


Check = Callable[[Program], Iterator[Diagnostic]]


def nearest(name: str, known: tuple[str, ...]) -> str | None:
    """The known name that was probably meant."""
    if not known:
        return None
    from difflib import get_close_matches

    by_lower = {each.lower(): each for each in reversed(known)}
    close = get_close_matches(name.lower(), list(by_lower), n=1, cutoff=0.7)
    return by_lower[close[0]] if close else None


def with_article(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def did_you_mean(name: str, known: tuple[str, ...]) -> str | None:
    close = nearest(name, known)
    return None if close is None else f"did you mean `{close}`?"
