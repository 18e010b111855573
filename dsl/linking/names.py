"""What the names in one file mean among all files that are linked.

A name is declared once in all of them. Which of them a file may write is what it declares, and what the files declare
that it uses itself; behind an alias they are written with it, except those that begin with it anyhow. In the linked
tree each is written as it is declared, so how a text is split into files, and with which aliases, is not in a hash.
In expressions a name has one word: there a function, a type or a constant of a file with an alias is written without
it.
"""

from collections.abc import Mapping
from typing import Any

from dsl.ast.bindings import bound_in
from dsl.ast.declarations import Declaration, Module, Summarise, Use, UseFile
from dsl.ast.expressions import FunctionCall, Name
from dsl.ast.node import Node, walk
from dsl.ast.rewrite import rewrite
from dsl.ast.statements import Call
from dsl.ast.types import NamedType
from dsl.dataclass import dataclass, field, replace
from dsl.diagnostics.diagnostic import Diagnostic, Label
from dsl.source import Source, Span


@dataclass(frozen=True)
class Seen:
    """What a `use` brings: the declarations of a file, and the path to say for it."""

    use: UseFile
    declared: Mapping[str, Declaration]
    whole: bool
    """Whether all that the file declares could be read."""


@dataclass(frozen=True)
class Scope:
    """What the names of a file mean. `elsewhere` are those of files that it does not use, with their files."""

    own: Mapping[str, Declaration]
    uses: tuple[Seen, ...]
    elsewhere: Mapping[str, str]
    source: Source
    constants: frozenset[str] = frozenset()
    """The constants and values of the deployment that any file declares: what a plain name may stand for."""
    problems: list[Diagnostic] = field(default_factory=list)
    excused: set[str] = field(default_factory=set)
    missed: set[int] = field(default_factory=set)
    """Of which uses a name was written that they do not bring."""

    def linked(self, module: Module) -> Module:
        """`module` with every name as it is declared; what is wrong with names is told in `problems`."""
        meanings, bare, by = self._meanings()
        used: set[int] = set()
        constants = self._constants_in(module)

        def change(node: Any, original: Node) -> Any:
            written = node.name if id(original) in constants else _written(node)
            if written is None:
                return node
            known = bare if isinstance(node, FunctionCall | Name) else meanings
            meant = known.get(written)
            if meant is None:
                self._unknown(node, written)
                return node
            used.update(id(each) for each in by.get(meant, ()))
            return node if meant == written else _named(node, meant)

        changed = rewrite(module, change)
        self.problems.extend(
            self._idle(each) for each in self.uses if each.whole and id(each) not in used | self.missed
        )
        return changed

    def _constants_in(self, module: Module) -> set[int]:
        """The ids of the names in `module` that stand for constants, of whatever file."""
        if not self.constants:
            return set()
        return {
            id(each)
            for declaration in module.declarations
            for each in walk(declaration)
            if isinstance(each, Name) and each.name in self.constants - bound_in(declaration, {})
        }

    def _meanings(self) -> tuple[dict[str, str], dict[str, str], dict[str, list[Seen]]]:
        """By what is written: in places where a name may have a dot, and in expressions; and who brings each."""
        meanings = {name: name for name in self.own}
        bare = dict(meanings)
        by: dict[str, list[Seen]] = {}
        for seen in self.uses:
            if seen.use.alias is not None:
                self.excused.update({seen.use.alias} if not seen.whole else ())
            for name in seen.declared:
                written = _behind(seen.use.alias, name)
                if meanings.setdefault(written, name) != name:
                    self._clash(seen, written, meanings[written])
                bare.setdefault(name, name)
                by.setdefault(name, []).append(seen)
        return meanings, bare, by

    def _clash(self, seen: Seen, written: str, other: str) -> None:
        at = self.own.get(other) or next((each.declared[other] for each in self.uses if other in each.declared), None)
        message = f"`{written}` is defined twice: this file brings another"
        secondary = () if at is None else (Label(self._first_line(at), "the first one"),)
        advice = "give the file another alias"
        self.problems.append(Diagnostic("SF102", message, Label(seen.use.span), secondary, advice))

    def _unknown(self, node: Node, written: str) -> None:
        place = Label(self._place(node, written))
        before, dot, name = written.partition(".")
        seen = next((each for each in self.uses if dot and each.use.alias == before), None)
        if seen is not None and seen.whole:
            from difflib import get_close_matches

            close = get_close_matches(name, list(seen.declared), n=1, cutoff=0.6)
            advice = f"did you mean `{_behind(before, close[0])}`?" if close else None
            message = f"`{seen.use.path}` declares no `{name}`"
            self.excused.add(written)
            self.missed.add(id(seen))
            self.problems.append(Diagnostic("SF101", message, place, (Label(seen.use.span, "used here"),), advice))
        elif written in self.elsewhere:
            path = self.elsewhere[written]
            aliased = [each for each in self.uses if written in each.declared]
            if aliased:
                self.missed.update(id(each) for each in aliased)
                spelt = _behind(aliased[0].use.alias, written)
                message = f"there is no `{written}` here: it comes from `{path}`, as `{spelt}`"
                self.problems.append(Diagnostic("SF101", message, place, help=f"write `{spelt}`"))
            else:
                message = f"there is no `{written}` here: it is declared in `{path}`, which this file does not use"
                self.problems.append(Diagnostic("SF101", message, place, help="use that file here too"))

    def _idle(self, seen: Seen) -> Diagnostic:
        message = f"nothing of `{seen.use.path}` is used in this file"
        return Diagnostic("SF603", message, Label(seen.use.span), help="leave it out", severity="warning")

    def _place(self, node: Node, written: str) -> Span:
        start = self.source.text.find(written, node.span.start, node.span.end)
        return node.span if start < 0 else Span(start, start + len(written))

    def _first_line(self, node: Declaration) -> Span:
        end = self.source.text.find("\n", node.span.start, node.span.end)
        return node.span if end < 0 else Span(node.span.start, end)


def declared_in(module: Module) -> dict[str, Declaration]:
    return {each.name: each for each in reversed(module.declarations)}


def _behind(alias: str | None, name: str) -> str:
    return name if alias is None or name.startswith(f"{alias}.") else f"{alias}.{name}"


def _written(node: Node) -> str | None:
    match node:
        case Call() | Use() | Summarise():
            return node.target
        case NamedType():
            return node.name
        case FunctionCall():
            return node.function
        case _:
            return None


def _named(node: Call | Use | Summarise | NamedType, name: str) -> Node:
    return replace(node, name=name) if isinstance(node, NamedType) else replace(node, target=name)
