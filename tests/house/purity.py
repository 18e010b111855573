"""What the files of a run may use, room by room, and what in them breaks that.

Forbidding what is known to be bad lets everything else in, so this is a list of what is allowed: the modules that the
rooms may import, or single names of modules that also hold a clock, files or chance. A name that stands here is meant
to be as good as a constant or a pure function; before one is added, ask what it does on two machines.
"""

import ast
import importlib
from collections.abc import Iterator
from types import ModuleType

from tests.house.closure import outside

PURE = (
    "bisect",
    "collections",
    "collections.abc",
    "dataclasses",
    "datetime.UTC",
    "datetime.datetime",
    "datetime.timedelta",
    "decimal",
    "functools",
    "hashlib",
    "heapq",
    "itertools",
    "json",
    "math",
    "operator",
    "re",
    "types.ModuleType",
    "typing",
)
"""For every room. None of it reads anything but its arguments."""

EXTRA: dict[str, tuple[str, ...]] = {
    "dsl.dataclass": (),
    "dsl.definition": ("base64", "binascii.Error", "zlib"),
    "dsl.expressions": ("base64", "binascii.Error"),
    "dsl.values": ("difflib.get_close_matches", "re2"),
    "interpreter.boundary": ("unicodedata.ucd_3_2_0",),
    "interpreter.core": ("uuid.UUID",),
    "interpreter.workflow": (
        "asyncio.CancelledError",
        "asyncio.Future",
        "asyncio.Task",
        "asyncio.create_task",
        "asyncio.ensure_future",
        "asyncio.get_running_loop",
        "asyncio.shield",
        "contextlib.contextmanager",
        "contextvars.ContextVar",
        "temporalio.api.common.v1.Payload",
        "temporalio.common",
        "temporalio.exceptions",
        "temporalio.worker.ContinueAsNewInput",
        "temporalio.worker.Interceptor",
        "temporalio.worker.StartActivityInput",
        "temporalio.worker.StartChildWorkflowInput",
        "temporalio.worker.StartLocalActivityInput",
        "temporalio.worker.WorkflowInboundInterceptor",
        "temporalio.worker.WorkflowInterceptorClassInput",
        "temporalio.worker.WorkflowOutboundInterceptor",
        "temporalio.workflow",
    ),
}
"""What one room may use besides. The workflow awaits, on Temporal's own loop."""

CALLS = frozenset(
    {"open", "print", "input", "eval", "exec", "compile", "__import__", "globals", "locals", "id", "hash", "breakpoint"}
    | {"__builtins__", "__loader__", "__spec__", "__file__"}
)
"""Names that read or change the world, the program, or an address in memory; hashes of texts differ by process."""

EXCEPT: dict[str, frozenset[str]] = {
    "dsl.dataclass": frozenset(
        {"exec", "__qualname__", "__doc__", "__hash__", "__setattr__", "__mro__", "__name__", "__annotations__"}
        | {"__bases__", "__module__", "__slots__", "__set__", "__match_args__", "__post_init__"}
    ),
}
"""One file may do as the standard library's `dataclasses` does: methods are made of the names of fields alone."""

CLOCKS = frozenset({"now", "utcnow", "today"})
WAYS_OUT = frozenset({f"datetime.datetime.{name}" for name in CLOCKS} | {"temporalio.workflow.unsafe"})
"""Not even to be given away."""

LOCAL_TIME = frozenset({"fromtimestamp", "astimezone"})
"""Without a zone they take the machine's."""

DUNDERS = frozenset({"__name__", "__init__", "__module__", "__class__", "__doc__"})
"""The only attributes of the kind that may be touched: the others are ways around this list."""


def room_of(module: str) -> str:
    return next((room for room in EXTRA if module == room or module.startswith(f"{room}.")), "")


def allowed(room: str) -> tuple[str, ...]:
    return PURE + EXTRA.get(room, ())


def foreign(tree: ast.AST, room: str) -> Iterator[str]:
    """What `tree` imports, or reaches through a module that it may import, and may not use in `room`."""
    names = {here: name for here, name in _imports(tree) if outside([name])}
    for name in names.values():
        if not _may(name, room) and not _partly(name, room):
            yield f"imports {name}"
        elif _is_module(name) and name not in allowed(room) and not _partly(name, room):
            yield f"imports {name}, a module inside another"
    for dotted in _reached(
        tree, {here: name for here, name in names.items() if _may(name, room) or _partly(name, room)}
    ):
        if not _may(dotted, room) or (_is_module(dotted) and dotted not in allowed(room)):
            yield f"uses {dotted}"


def banned(tree: ast.AST, room: str) -> Iterator[str]:
    """Calls and names that no file of a run may use, whatever it imports."""
    bound, names, may = _bound(tree), dict(_imports(tree)), EXCEPT.get(room, frozenset())
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()) if name in CALLS - bound - may:
                yield f"line {node.lineno}: {name}"
            case ast.Attribute(attr=name) if name.startswith("__") and name not in DUNDERS | may:
                yield f"line {node.lineno}: .{name}"
            case ast.Attribute() if (dotted := _origin(node, names)) in WAYS_OUT:
                yield f"line {node.lineno}: {dotted}"
            case ast.Call(func=ast.Attribute(attr=name, value=owner)) if name in CLOCKS and not _own_clock(owner, room):
                yield f"line {node.lineno}: .{name}()"
            case ast.Call(func=ast.Attribute(attr=name), args=given) if name in LOCAL_TIME and not _with_zone(
                name, given
            ):
                yield f"line {node.lineno}: .{name}() without a zone"
            case ast.Call(func=ast.Name(id="getattr" | "setattr" | "delattr"), args=[_, name, *_]) if _is_made_up(name):
                yield f"line {node.lineno}: an attribute whose name is put together"


def _own_clock(owner: ast.expr, room: str) -> bool:
    """The clock of Temporal, which a replay sets, or the one that an expression is given."""
    match owner:
        case ast.Name(id="workflow"):
            return room == "interpreter.workflow"
        case ast.Attribute(attr="context"):
            return True
    return False


def _with_zone(name: str, given: list[ast.expr]) -> bool:
    return len(given) >= (2 if name == "fromtimestamp" else 1)


def _is_made_up(name: ast.expr) -> bool:
    return isinstance(name, ast.BinOp | ast.JoinedStr | ast.Call)


def _bound(tree: ast.AST) -> set[str]:
    """Names that the file gives a meaning of its own, as parameters or variables."""
    names = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return names | {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Each name that an import gives a meaning, and what it stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name, alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _reached(tree: ast.AST, names: dict[str, str]) -> Iterator[str]:
    """`json.loads` and the like, for each name that stands for a module."""
    modules = {here: name for here, name in names.items() if _is_module(name)}
    yield from (origin for node in ast.walk(tree) if (origin := _origin(node, modules)))


def _origin(node: ast.AST, names: dict[str, str]) -> str | None:
    """What an attribute of an imported name is called where it comes from."""
    dotted = _dotted(node)
    base = next((name for name in names if dotted and dotted.startswith(f"{name}.")), None)
    return names[base] + dotted.removeprefix(base) if dotted and base else None


def _dotted(node: ast.AST) -> str | None:
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join((node.id, *reversed(parts))) if isinstance(node, ast.Name) and parts else None


def _may(name: str, room: str) -> bool:
    return any(name == known or name.startswith(f"{known}.") for known in allowed(room))


def _partly(name: str, room: str) -> bool:
    """A module of which some names are allowed; each use of it is looked at."""
    return any(known.startswith(f"{name}.") for known in allowed(room))


def _is_module(dotted: str) -> bool:
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except ImportError:
            continue
        for part in parts[length:]:
            found = getattr(found, part, None)
        return isinstance(found, ModuleType)
    return False
