"""From a file to all that it means: the files that it uses, each once, read and put together into one tree.

Each file is parsed by itself; then its places are moved behind those of the files before it, so that all that comes
after has one text and one tree, and an offset says which file it is in (`Source.at`). The file that is checked comes
first in the text, so alone it is what it was; its declarations come last in the tree, so of two with one name the
one of a used file is the first.
"""

from collections.abc import Iterator
from itertools import pairwise

from dsl.ast.declarations import (
    ConfigDeclaration,
    ConstantDeclaration,
    Declaration,
    Module,
    ToolDeclaration,
    TypeDeclaration,
    TypeFrom,
    UseFile,
)
from dsl.dataclass import dataclass, field, replace
from dsl.diagnostics.diagnostic import Diagnostic, Fix, Label
from dsl.linking.files import Files, Refused, Used
from dsl.linking.moved import moved
from dsl.linking.names import Scope, Seen, declared_in
from dsl.source import NOWHERE, Source, Span, joined
from dsl.syntax.parse import Parsed, parse

SCHEMA = ".json"
NO_FILE = Refused("nothing is known of other files here", "only a text that stands in a file can use others")


@dataclass(frozen=True)
class Linked:
    """All files as one: `excused` are names that may well be declared in what could not be read."""

    source: Source
    parsed: Parsed
    excused: frozenset[str] = frozenset()


@dataclass
class _File:
    used: Used
    parsed: Parsed
    start: int
    uses: list[tuple[UseFile, "_File"]] = field(default_factory=list)
    whole: bool = True
    """Whether all that it uses could be found."""

    @property
    def readable(self) -> bool:
        return not self.parsed.damage and not self.parsed.lost


def link(source: Source, files: Files | None) -> Linked:
    """`files` are what it may use; without them, it can use none."""
    parsed = parse(source)
    problems: list[Diagnostic] = []
    first = Used(source.name if files is None else files.place, source)
    excused: set[str] = set()
    parsed = _with_schemas(parsed, first, files, problems, excused)
    if not parsed.module.uses:
        told = tuple(sorted((*problems, *parsed.diagnostics), key=_start)) if problems else parsed.diagnostics
        return Linked(source, replace(parsed, diagnostics=told), frozenset(excused))
    all_files = _read(first, parsed, files, problems, excused)
    whole = joined([each.used.source for each in all_files])
    problems += _circles(all_files)
    problems += _other_servers(all_files)
    modules = [_meant(each, all_files, whole, problems, excused) for each in all_files]
    declarations = tuple(one for module in reversed(modules) for one in module.declarations)
    linked = frozenset(name for module in modules[1:] for name in declared_in(module))
    main = replace(modules[0], declarations=declarations, linked=tuple(sorted(linked - set(declared_in(modules[0])))))
    found = sorted((*problems, *(one for each in all_files for one in each.parsed.diagnostics)), key=_start)
    damage = tuple(span for each in all_files for span in each.parsed.damage)
    lost = any(each.parsed.lost or not each.whole for each in all_files)
    return Linked(whole, Parsed(main, tuple(found), damage, lost, parsed.notes), frozenset(excused))


def _start(diagnostic: Diagnostic) -> int:
    return diagnostic.primary.span.start


def _with_schemas(
    parsed: Parsed, used: Used, files: Files | None, problems: list[Diagnostic], excused: set[str], at: int = 0
) -> Parsed:
    """`parsed`, which begins `at` this place, with the types that its schemas say."""
    if not any(isinstance(each, TypeFrom) for each in parsed.module.declarations):
        return parsed
    declarations: list[Declaration] = []
    for each in parsed.module.declarations:
        if not isinstance(each, TypeFrom):
            declarations.append(each)
            continue
        read = _schema(each, used, files)
        if isinstance(read, Refused):
            excused.add(each.name)
            problems.append(_refused(each, read, used.source, at))
        else:
            declarations.append(read)
    lost = parsed.lost or (at > 0 and len(declarations) < len(parsed.module.declarations))
    return replace(parsed, module=replace(parsed.module, declarations=tuple(declarations)), lost=lost)


def _schema(declaration: TypeFrom, used: Used, files: Files | None) -> TypeDeclaration | Refused:
    from dsl.linking.schemas import UnreadableSchema, type_of  # most texts name no schema

    file = NO_FILE if files is None else files.find(declaration.path, used, SCHEMA)
    if isinstance(file, Refused):
        return file
    try:
        return type_of(declaration, file.source.text)
    except UnreadableSchema as error:
        return Refused(f"`{declaration.path}` is no schema that can be read: {error}")


def _read(
    first: Used, parsed: Parsed, files: Files | None, problems: list[Diagnostic], excused: set[str]
) -> list[_File]:
    """All files, the `first` one first, each once."""
    source = first.source
    found = [_File(first, parsed, 0)]
    known = {first.place: found[0]}
    end = len(source.text) + 1
    for file in found:
        for use in file.parsed.module.uses:
            target = NO_FILE if files is None else files.find(use.path, file.used)
            if isinstance(target, Refused):
                problems.append(_refused(use, target, source))
                file.whole = False
                continue
            if target.place not in known:
                read = _with_schemas(moved(parse(target.source), end), target, files, problems, excused, end)
                known[target.place] = _File(target, read, end)
                found.append(known[target.place])
                end += len(target.source.text) + 1
            if any(one is known[target.place] for _, one in file.uses):
                message, advice = f"this file uses `{use.path}` already", "leave it out"
                problems.append(Diagnostic("SF603", message, Label(use.span), help=advice, severity="warning"))
            else:
                file.uses.append((use, known[target.place]))
    return found


def _refused(use: UseFile | TypeFrom, refused: Refused, source: Source, at: int = 0) -> Diagnostic:
    fix = None
    if at == 0 and refused.instead is not None and use.span.end <= len(source.text):
        start = source.text.find('"', use.span.start, use.span.end)
        end = source.text.find('"', start + 1, use.span.end)
        if 0 <= start < end:
            fix = Fix(Span(start + 1, end), refused.instead)
    return Diagnostic("SF110", refused.message, Label(use.span), help=refused.help, fix=fix)


def _circles(files: list[_File]) -> Iterator[Diagnostic]:
    """Each `use` that closes a circle, found by going down from the first file."""
    done: set[int] = set()
    way: list[_File] = []
    pending = [(files[0], iter(files[0].uses))]
    way.append(files[0])
    while pending:
        rest = pending[-1][1]
        step = next(rest, None)
        if step is None:
            pending.pop()
            done.add(id(way.pop()))
            continue
        use, target = step
        at = next((index for index, each in enumerate(way) if each is target), None)
        if at is not None:
            yield _circle(use, [*way[at:], target])
        elif id(target) not in done:
            way.append(target)
            pending.append((target, iter(target.uses)))


def _circle(closing: UseFile, way: list[_File]) -> Diagnostic:
    names = " → ".join(f"`{each.used.source.name}`" for each in way)
    uses = [next(use for use, to in a.uses if to is b) for a, b in pairwise(way)]
    secondary = tuple(Label(use.span, "on the way") for use in uses if use is not closing)
    message = f"files use each other in a circle: {names}"
    advice = "put what both need into a file of its own"
    return Diagnostic("SF110", message, Label(closing.span), secondary, advice)


def _meant(file: _File, files: list[_File], source: Source, problems: list[Diagnostic], excused: set[str]) -> Module:
    """The module of `file` with its names as they are declared."""
    own = declared_in(file.parsed.module)
    uses = tuple(
        Seen(use, {} if to is file else declared_in(to.parsed.module), to.readable and file.readable)
        for use, to in file.uses
    )
    elsewhere = {
        name: each.used.source.name
        for each in files
        if each is not file
        for name in declared_in(each.parsed.module)
        if name not in own
    }
    constants = frozenset(
        one.name
        for each in files
        for one in each.parsed.module.declarations
        if isinstance(one, ConstantDeclaration | ConfigDeclaration)
    )
    scope = Scope(own, uses, elsewhere, source, constants)
    module = scope.linked(file.parsed.module)
    problems += scope.problems
    excused |= scope.excused
    return module


def _other_servers(files: list[_File]) -> Iterator[Diagnostic]:
    """One name stands for one MCP server in all files; within one, reading has looked already."""
    first: dict[str, tuple[int, ToolDeclaration]] = {}
    told: set[int] = set()
    for index, tool in ((i, one) for i, file in enumerate(files) for one in file.parsed.module.declarations):
        if not isinstance(tool, ToolDeclaration) or tool.served is None:
            continue
        at, known = first.setdefault(tool.served.server, (index, tool))
        assert known.served is not None
        same = (known.served.address, known.served.auth) == (tool.served.address, tool.served.auth)
        if not same and at != index and id(tool.served) not in told:
            told.add(id(tool.served))
            message = f"`{tool.served.server}` is another server in another file: `{tool.served.address}`"
            secondary = (Label(tool.served.span, "there"),) if tool.served.span != NOWHERE else ()
            advice = "give one of them another name"
            yield Diagnostic("SF102", message, Label(known.served.span), secondary, advice)
