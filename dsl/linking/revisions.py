"""Files as a revision of a git repository has them, read by `git cat-file`: the work tree is neither read nor touched.

A path is looked up letter by letter in the tree of the commit, never resolved on the disk, so nothing outside of the
repository can be meant; what is a link there is refused by that name.
"""

import os
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path, PurePosixPath

from dsl.dataclass import dataclass
from dsl.linking.files import Files, Refused, Used, is_within, misspelt
from dsl.linking.project import ENDING, LARGEST, MARKS, text_of
from dsl.source import Source

PREFIX = "git:"


class NoRevision(Exception):
    """There is no git, no repository, no such revision or file; in words."""


@dataclass(frozen=True)
class Revision:
    """One commit: `rev` as it was named, `commit` its id, `top` the folder of the repository on this machine."""

    rev: str
    commit: str
    top: Path

    def name(self, path: str) -> str:
        """A file as messages call it."""
        return f"{PREFIX}{self.rev}:{path}"

    def read(self, path: str) -> bytes | None:
        """The content of a file; None where there is none. Raises `NoRevision` for what is no file."""
        mode = self._modes(os.path.dirname(path)).get(path)
        if mode is None:
            return None
        if mode not in ("100644", "100755"):
            raise NoRevision(f"{self.name(path)} is {_KINDS.get(mode, 'no file')}")
        return _git(self.top, "cat-file", "blob", f"{self.commit}:{path}")

    def files(self, folder: str) -> list[str]:
        """The flow files in a folder and all below it, but for hidden ones."""
        listed = _listed(self.top, self.commit, folder, deep=True)
        below = len(folder) + 1 if folder else 0
        visible = (path for path in listed if not any(part.startswith(".") for part in path[below:].split("/")))
        return sorted(path for path in visible if path.endswith(ENDING))

    def is_folder(self, path: str) -> bool:
        return path == "" or self._modes(os.path.dirname(path)).get(path) == "040000"

    def root_of(self, path: str) -> str:
        """The folder of the project that a file is in: "" is that of the repository."""
        for folder in map(str, PurePosixPath(path).parents):
            here = "" if folder == "." else folder
            if any(os.path.join(here, mark) in self._modes(here) for mark in MARKS):
                return here
        return ""

    def _modes(self, folder: str) -> dict[str, str]:
        return _listed(self.top, self.commit, folder, deep=False)


_KINDS = {"120000": "a link", "040000": "a folder", "160000": "another repository"}


@lru_cache(maxsize=1000)
def _listed(top: Path, commit: str, folder: str, *, deep: bool) -> dict[str, str]:
    """The entries of a folder with their modes."""
    tree = f"{commit}:{folder}" if folder else commit
    try:
        told = _git(top, "ls-tree", "-z", "--full-tree", *(["-r"] if deep else []), tree)
    except NoRevision:  # there is no such folder
        return {}
    found = {}
    for line in told.decode("utf-8", errors="surrogateescape").split("\0"):
        head, tab, name = line.partition("\t")
        if tab:
            found[f"{folder}/{name}" if folder else name] = head.split(" ")[0]
    return found


def revision(rev: str, near: Path) -> Revision:
    """The commit that `rev` names in the repository that `near` is in. Raises `NoRevision`."""
    if shutil.which("git") is None:
        raise NoRevision("git is not installed, and what `git:` names is read by it")
    folder = near if near.is_dir() else near.parent
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    try:
        top = Path(_git(folder, "rev-parse", "--show-toplevel").decode().rstrip("\n"))
    except NoRevision as error:
        raise NoRevision(f"{folder} is in no git repository: {error}") from error
    try:
        commit = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{rev}^{{commit}}")
    except NoRevision as error:
        raise NoRevision(f"git knows no revision {rev} here") from error
    return Revision(rev, commit.decode().strip(), top)


def _git(folder: Path, *arguments: str) -> bytes:
    command = ["git", "--literal-pathspecs", "--no-optional-locks", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise NoRevision(done.stderr.decode(errors="replace").strip().removeprefix("fatal: ") or "git has failed")
    return done.stdout


@dataclass(frozen=True)
class FilesOfRevision(Files):
    """What a file of a revision may use: the same, as it was then. Places are as they would be on this machine."""

    of: Revision

    def find(self, path: str, by: Used, ending: str = ENDING) -> Used | Refused:
        if wrong := misspelt(path, ending):
            return wrong
        place = os.path.normpath(os.path.join(os.path.dirname(by.place), path))
        if not is_within(place, self.root):
            return Refused(
                f"`{path}` leads out of the project",
                "a project is the folder that has `steadflow.toml`, `pyproject.toml` or `.git`, and all in it",
            )
        found = source_of(self.of, Path(place).relative_to(self.of.top).as_posix())
        return Used(place, found) if isinstance(found, Source) else found

    def is_used_by_others(self) -> bool:
        """Only asked for the sake of a warning."""
        return True


def source_of(of: Revision, path: str) -> Source | Refused:
    """The text of a file, or why there is none."""
    try:
        data = of.read(path)
        if data is None:
            return Refused(f"there is no file {of.name(path)}")
        if len(data) > LARGEST:
            return Refused(f"{of.name(path)} is larger than {LARGEST:,} bytes")
        return Source(of.name(path), text_of(data))
    except NoRevision as error:
        return Refused(str(error))
    except UnicodeDecodeError as error:
        return Refused(f"{of.name(path)} is not UTF-8 text: byte {error.start}")


def files_of_revision(of: Revision, path: str) -> FilesOfRevision:
    return FilesOfRevision(str(of.top / path), str(of.top / of.root_of(path)), of)
