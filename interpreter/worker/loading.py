"""Tools from a file or a module, for the command line: `--tools examples/support_tools.py` or `--tools shop.tools`."""

import importlib
import importlib.util
import sys
import sysconfig
import traceback
from pathlib import Path
from types import ModuleType

from dsl.diagnostics.inert import inert
from interpreter.activities.tool import Tool
from interpreter.activities.wording import place
from interpreter.worker.tools import UnusableTool, tool_in, unique


class ToolsUnreadable(ImportError):
    """A file or module of tools that cannot be loaded, or has none."""


def load_tools(path_or_module: str) -> list[Tool]:
    """Every tool in a Python file, or in a module that can be imported. Raises `ToolsUnreadable`."""
    try:
        module = _module(path_or_module)
    except ToolsUnreadable:
        raise
    except (Exception, SystemExit) as error:  # a script that ends itself when it is loaded is no file of tools
        raise ToolsUnreadable(f"{inert(path_or_module)} cannot be loaded: {_why(error)}") from error
    try:
        found = unique(item for value in vars(module).values() if (item := tool_in(value)) is not None)
    except UnusableTool as error:
        raise ToolsUnreadable(f"{path_or_module}: {error}") from error
    if not found:
        raise ToolsUnreadable(f"{path_or_module} has no function marked @tool, and no activity")
    return list(found.values())


def _why(error: BaseException) -> str:
    """On one line, with the author's own place: the innermost that is neither ours nor a library's."""
    if isinstance(error, UnusableTool):
        return inert(str(error))
    frames = traceback.walk_tb(error.__traceback__)
    places = [place(frame, line) for frame, line in frames if _is_the_authors(frame.f_code.co_filename)]
    where = f" ({places[-1]})" if places and not isinstance(error, SyntaxError) else ""
    return inert(f"{type(error).__name__}: {error}{where}{_instead(error)}")


def _instead(error: BaseException) -> str:
    """Our packages have nothing at their top: their names stand behind one door each."""
    package = error.name if isinstance(error, ImportError) else None
    if isinstance(error, ModuleNotFoundError) and package == "steadflow":
        return "; the package is called `interpreter`: write `from interpreter.api import …`"
    if package not in ("dsl", "interpreter") or isinstance(error, ModuleNotFoundError):
        return ""
    return f"; write `from {package}.api import …`"


def _is_the_authors(file: str) -> bool:
    libraries = (sysconfig.get_path("stdlib"), *map(sysconfig.get_path, ("purelib", "platlib")))
    return not file.startswith(("<frozen ", *libraries)) and Path(file) != Path(__file__)


def _module(path_or_module: str) -> ModuleType:
    path = Path(path_or_module)
    if path.suffix != ".py":
        if path.is_file() or path.suffix == ".flow":
            raise ToolsUnreadable(f"{path_or_module} is no Python file: tools are functions of a .py file or a module")
        _look_in(Path.cwd())
        return importlib.import_module(path_or_module)
    if not path.is_file():
        raise ToolsUnreadable(f"there is no file {path_or_module}")
    return _from_file(path.resolve())


def _from_file(path: Path) -> ModuleType:
    _look_in(path.parent)
    name = path.stem if path.stem.isidentifier() and path.stem not in sys.modules else f"steadflow_tools_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ToolsUnreadable(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # annotations are looked up by the module's name
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _look_in(folder: Path) -> None:
    """As `python file.py` does: modules beside the file can be imported."""
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
