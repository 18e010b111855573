"""The small faults that can be planted in a source, found in its tree and written into its text.

Never touched: docstrings, annotations, texts (golden files hold what a message says), decorators, logs, `assert`.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

COMPARED = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
}
COMPUTED = {ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "+"), ast.FloorDiv: ("//", "*")}
JOINED = {ast.And: ("and", "or"), ast.Or: ("or", "and")}
CALLED = {"any": "all", "all": "any", "min": "max", "max": "min"}
EMPTY = {"tuple": "()", "list": "[]", "dict": "{}", "set": "set()", "frozenset": "frozenset()", "Iterator": "iter(())"}
LOGS = {"log", "_log", "logger", "_logger", "logging", "LOG", "_LOG"}
SIMPLE = (ast.Name, ast.Attribute, ast.Call, ast.Compare, ast.Constant, ast.Subscript)


@dataclass(frozen=True)
class Mutation:
    """One fault: bytes `start` to `end` of the file say `text` instead. Its function and its change are its name."""

    file: str
    function: str
    """Its qualified name; empty for what is done when the module is imported."""
    line: int
    last_line: int
    start: int
    end: int
    text: str
    before: str
    after: str

    @property
    def at_import(self) -> bool:
        return not self.function

    @property
    def change(self) -> str:
        return f"{self.before} -> {self.after}"

    def applied(self, source: str) -> str:
        raw = source.encode()
        return (raw[: self.start] + self.text.encode() + raw[self.end :]).decode()


def mutations(file: str, source: str) -> list[Mutation]:
    """All faults of one file, in the order of its text."""
    found = {(m.start, m.end, m.text): m for m in _Finder(file, source).all()}
    return sorted(found.values(), key=lambda m: (m.start, m.end, m.text))


@dataclass
class _Finder:
    file: str
    source: str

    @cached_property
    def raw(self) -> bytes:
        return self.source.encode()

    @cached_property
    def starts(self) -> list[int]:
        """Where each line begins."""
        found = [0]
        for line in self.raw.split(b"\n"):
            found.append(found[-1] + len(line) + 1)
        return found

    def all(self) -> Iterator[Mutation]:
        yield from self._in(ast.parse(self.source), "", "", None)

    def _in(self, node: ast.AST, scope: str, function: str, returns: ast.expr | None) -> Iterator[Mutation]:
        for start, end, text in (*self._said(node), *self._done(node, returns)):
            yield self._mutation(function, start, end, text)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            name = f"{scope}{node.name}"
            for default in (*node.args.defaults, *(each for each in node.args.kw_defaults if each is not None)):
                yield from self._in(default, scope, function, None)
            for child in node.body:
                yield from self._in(child, f"{name}.", name, node.returns)
            return
        inner = f"{scope}{node.name}." if isinstance(node, ast.ClassDef) else scope
        for child in _children(node):
            yield from self._in(child, inner, function, returns)

    def _said(self, node: ast.AST) -> Iterator[tuple[int, int, str]]:
        """What an expression can say instead: from byte to byte, what text."""
        match node:
            case ast.Compare():
                sides = (node.left, *node.comparators)
                for operator, left, right in zip(node.ops, sides, sides[1:], strict=False):
                    yield from self._operator(left, right, *COMPARED[type(operator)])
            case ast.BinOp() if type(node.op) in COMPUTED:
                yield from self._operator(node.left, node.right, *COMPUTED[type(node.op)])
            case ast.BoolOp():
                yield from self._joined(node)
            case ast.UnaryOp(op=ast.Not()):
                yield *self._span(node), self._bracketed(node.operand)
            case ast.comprehension():
                for test in node.ifs:
                    yield from self._negated(test)
                    yield *self._span(test), "True"
            case ast.Constant():
                yield from self._constant(node)
            case ast.Call(func=ast.Name(id=name)) if name in CALLED:
                yield *self._span(node.func), CALLED[name]

    def _done(self, node: ast.AST, returns: ast.expr | None) -> Iterator[tuple[int, int, str]]:
        """What can be done instead, decided otherwise, or left out."""
        match node:
            case (
                ast.If(test=test)
                | ast.While(test=test)
                | ast.IfExp(test=test)
                | ast.match_case(guard=ast.expr() as test)
            ):
                yield from self._negated(test)
            case ast.AugAssign() if type(node.op) in COMPUTED:
                yield from self._operator(node.target, node.value, *(f"{each}=" for each in COMPUTED[type(node.op)]))
                yield *self._span(node), "pass"
            case ast.Return(value=ast.expr() as value):
                yield from self._returned(value, returns)
            case ast.Break():
                yield *self._span(node), "continue"
            case ast.Continue():
                yield *self._span(node), "break"
            case ast.Expr(value=ast.Call() | ast.Await() | ast.Yield() | ast.YieldFrom()) | ast.Return(value=None):
                yield *self._span(node), "pass"
            case ast.Raise() | ast.Delete() | ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
                yield *self._span(node), "pass"

    def _operator(self, left: ast.expr, right: ast.expr, old: str, new: str) -> Iterator[tuple[int, int, str]]:
        begin, end = self._span(left)[1], self._span(right)[0]
        found = self.raw[begin:end].decode().find(old)
        if found >= 0:
            at = begin + len(self.raw[begin:end].decode()[:found].encode())
            yield at, at + len(old), new

    def _joined(self, node: ast.BoolOp) -> Iterator[tuple[int, int, str]]:
        old, new = JOINED[type(node.op)]
        if len(node.values) == 2:
            yield from self._operator(node.values[0], node.values[1], old, new)
        for left in range(len(node.values)):
            others = [each for at, each in enumerate(node.values) if at != left]
            yield *self._span(node), f" {old} ".join(map(self._bracketed, others))

    def _negated(self, test: ast.expr) -> Iterator[tuple[int, int, str]]:
        """What is compared, joined or negated already has its own ways to be wrong."""
        if not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp):
            yield *self._span(test), f"not {self._bracketed(test)}"

    def _constant(self, node: ast.Constant) -> Iterator[tuple[int, int, str]]:
        if isinstance(node.value, bool):
            yield *self._span(node), str(not node.value)
        elif isinstance(node.value, int | float):
            yield *self._span(node), str(node.value + 1)

    def _returned(self, value: ast.expr, returns: ast.expr | None) -> Iterator[tuple[int, int, str]]:
        if isinstance(value, ast.Compare | ast.BoolOp | ast.Constant):
            return
        kinds = [each.strip().split("[")[0] for each in ast.unparse(returns).split("|")] if returns is not None else []
        if "bool" in kinds:
            other = f"not {self._bracketed(value)}"
        elif "None" in kinds or kinds[:1] == ["Any"]:
            other = "None"
        elif kinds and kinds[0] in EMPTY:
            other = EMPTY[kinds[0]]
        elif kinds in (["int"], ["float"], ["Decimal"]):
            other = f"{self._bracketed(value)} + 1"
        else:
            return  # nothing of its type is known, and what is of no type is found by anything
        if self._text(value) != other:
            yield *self._span(value), other

    def _bracketed(self, node: ast.expr) -> str:
        text = self._text(node)
        return text if isinstance(node, SIMPLE) and "\n" not in text else f"({text})"

    def _text(self, node: ast.expr) -> str:
        start, end = self._span(node)
        return self.raw[start:end].decode()

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.starts[node.lineno - 1] + node.col_offset, self.starts[node.end_lineno - 1] + node.end_col_offset

    def _mutation(self, function: str, start: int, end: int, text: str) -> Mutation:
        line = self.raw.count(b"\n", 0, start) + 1
        last = self.raw.count(b"\n", 0, end) + 1
        head, tail = self.raw[self.starts[line - 1] : start].decode(), self.raw[end : self.starts[last] - 1].decode()
        before = " ".join((head + self.raw[start:end].decode() + tail).split())
        after = " ".join((head + text + tail).split())
        return Mutation(self.file, function, line, last, start, end, text, before, after)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """What is below a node and may be wrong without being a text, a type or a word to people."""
    if isinstance(node, ast.JoinedStr | ast.Assert) or _is_log(node):
        return
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "decorator_list", "bases", "keywords") and isinstance(
            node, ast.ClassDef | ast.AnnAssign
        ):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield child


def _is_log(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name) | ast.Attribute(attr=name))):
            return name in LOGS
    return False
