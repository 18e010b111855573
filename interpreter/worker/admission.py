"""Which runs a worker begins, where it is to begin only what is signed off.

Whoever starts runs may say what they like: what counts is the definition that a run has, by its hash, and the
signatures that lie at the worker. It is asked in the first workflow task of a run, before anything of it is done, and a
refusal fails that task and never the run: the run waits with the reason, and goes on by itself once it is signed.

A run that was begun is not asked again: replaying, it was let in before, and a run that the server says goes on from
another (`continued`) was let in with that. So a version that is signed later takes nothing away from runs under way.
Temporal calls attempts after a retry and the rounds of a cron "continued" too, although the one before may never have
been let in: those are asked each time. What a run under way calls has its definition, so a worker that has seen such a
run lets in what it calls; one that has not fails the task, and the server gives it to another.
"""

import asyncio
import logging
from collections.abc import Iterable
from pathlib import Path

from temporalio import workflow

from interpreter.identity.admitted import Admitted, folder_of, signed_below, signed_files
from interpreter.identity.errors import UnusablePeople, UnusableSigners

logger = logging.getLogger(__name__)

EVERY_SECONDS = 3.0
"""Between two looks at the files."""


class NotSignedOff(LookupError):
    """A run whose definition is not signed off, as far as this worker knows."""


class Admission:
    """What is signed off below some folders. It is read when the worker starts, and again when a file has changed."""

    def __init__(self, places: Iterable[Path], people: Path | None) -> None:
        """Raises `UnusableSigners` and `UnusablePeople`."""
        self._folders = [folder_of(place) for place in places]
        self._people = people
        self._unreadable: str | None = None
        self._begun: set[str] = set()
        self._print = self._fingerprint()
        self._known = self._read()

    def of_this_run(self, flow: str, hash_: str, has_state: bool) -> None:
        """Called by a workflow when it is made. Raises `NotSignedOff`."""
        info = workflow.info()
        goes_on = info.continued_run_id is not None and not info.cron_schedule and info.retry_policy is None
        if not goes_on and not workflow.unsafe.is_replaying():
            self.check(flow, hash_, is_child=info.parent is not None, has_state=has_state)
        self._begun.add(hash_)

    def of_a_move(self, flow: str, hash_: str) -> None:
        """Of a run that was let in, and is to go on with another text: that has to be signed off too."""
        self.check(flow, hash_, is_child=False, has_state=False)

    def check(self, flow: str, hash_: str, *, is_child: bool, has_state: bool) -> None:
        """Of a run that begins. Who is called by a run may be any flow of a definition that was signed; who begins by
        itself is the flow that was, and begins at its beginning. Raises `NotSignedOff`."""
        if has_state:
            raise NotSignedOff(f"`{flow}` comes with a state that no run here has left")
        if is_child and hash_ in self._begun:
            return
        if self._unreadable is not None:
            raise NotSignedOff(f"whether `{flow}` is signed off cannot be told: {self._unreadable}")
        found = [each for each in self._known if each.hash == hash_ and (is_child or each.flow == flow)]
        if any(each.lacks is None for each in found):
            return
        where = ", ".join(map(str, self._folders))
        why = f"it lacks {found[0].lacks} in {found[0].file}" if found else f"nobody signed this version below {where}"
        raise NotSignedOff(f"`{flow}` ({hash_[:12]}) is not signed off, so this worker does not begin it: {why}")

    async def watch(self) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            await asyncio.to_thread(self.look)

    def look(self) -> None:
        """What has changed is read. What cannot be read counts for nothing until it can."""
        now = self._fingerprint()
        if now == self._print:
            return
        try:
            self._known, self._unreadable = self._read(), None
        except (UnusablePeople, UnusableSigners) as error:
            self._unreadable = str(error)
            logger.error("nothing is begun until it can be told what is signed off: %s", error)
        self._print = now

    def _read(self) -> tuple[Admitted, ...]:
        return tuple(each for folder in self._folders for each in signed_below(folder, self._people))

    def _fingerprint(self) -> tuple[tuple[str, int, int], ...]:
        found = []
        for folder in self._folders:
            for file in [*signed_files(folder), *_who(folder, self._people)]:
                try:
                    stat = file.stat()
                except OSError:
                    continue
                found.append((str(file), stat.st_mtime_ns, stat.st_size))
        return tuple(found)


def _who(folder: Path, people: Path | None) -> list[Path]:
    """Who is asked, and who there is: above the folder, and below it."""
    # Keys need a large library, and few workers know people.
    from interpreter.identity.signed_off import people_of
    from interpreter.identity.signers import NAME, files_of

    below = sorted(each for each in folder.rglob(NAME) if each.is_file())
    return [*files_of(folder / "any.flow"), *below, people or people_of(folder / "any.flow")]
