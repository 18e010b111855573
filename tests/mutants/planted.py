"""Loads one module from another text than its file has. The file stays as it is, and no bytecode is written."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, self.path, "exec", dont_inherit=True)


class Planted(MetaPathFinder):
    def __init__(self, name: str, file: Path, source: str) -> None:
        self._name, self._file, self._source = name, str(file), source

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        return spec_from_file_location(fullname, self._file, loader=_Loader(fullname, self._file, self._source))


def plant(file: Path, root: Path, source: str) -> None:
    """From now on the module of `file` is what `source` says; it must not have been loaded yet."""
    name = ".".join(file.relative_to(root).with_suffix("").parts)
    assert name not in sys.modules, f"{name} is loaded already"
    sys.meta_path.insert(0, Planted(name, file, source))
