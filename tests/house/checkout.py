"""The checkout as the house's own tests see it."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("dsl", "interpreter")


@cache
def committed() -> tuple[Path, ...]:
    """The files under version control and those about to be, relative to the root; without git, all there are."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode == 0:
        found = (Path(line) for line in listing.stdout.splitlines())
    else:
        found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if ".venv" not in path.parts)
    return tuple(sorted(path for path in found if (ROOT / path).is_file()))


@cache
def modules() -> tuple[Path, ...]:
    """Every Python file of the two packages."""
    return tuple(path for path in committed() if path.suffix == ".py" and path.parts[0] in PACKAGES)


@cache
def syntax(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), filename=str(path))
