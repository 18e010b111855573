"""The shop that `desk.flow` asks, on a free port, and the flow as it would be written for that port."""

import importlib.util
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.examples.example import FOLDER, Example


@dataclass(frozen=True)
class Moved(Example):
    """An example whose flow stands elsewhere."""

    folder: Path = FOLDER

    @property
    def flow(self) -> Path:
        return self.folder / f"{self.name}.flow"


@contextmanager
def shop_on_this_machine(folder: Path) -> Iterator[tuple[Example, Any]]:
    module = _module(FOLDER / "desk_server.py")
    server = module.serving(shop := module.Shop(), 0)
    text = (FOLDER / "desk.flow").read_text(encoding="utf-8")
    (folder / "desk.flow").write_text(text.replace(str(module.PORT), str(server.server_port)), encoding="utf-8")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield Moved("desk", folder=folder), shop
    finally:
        server.shutdown()
        server.server_close()


def _module(file: Path) -> Any:
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
