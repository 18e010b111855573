"""The client: submit flows, and find the runs that were submitted."""

import os
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from temporalio.client import Client as TemporalClient

from dsl.models.configured import Models
from interpreter.boundary.payloads import JSON, RunOptions
from interpreter.boundary.send import Send
from interpreter.client.connecting import connect_temporal, connect_with_keys
from interpreter.client.costs import By, Costs, costs_of, spendings, told_by_workers
from interpreter.client.ids import checked_id, refuse_no_id
from interpreter.client.listing import RunSummary, list_runs, why_stuck
from interpreter.client.run import Run
from interpreter.client.sending import check, start_or_send
from interpreter.client.starting import Again, Start, new_id, start_run
from interpreter.client.submission import FlowSource, prepare
from interpreter.encryption.keyring import Keyring, keyring_of
from interpreter.server.embedded import embedded
from interpreter.server.folder import StateFolder, state_folder
from interpreter.stores import users
from interpreter.stores.encrypted import store_in
from interpreter.stores.store import ObjectStore

TASK_QUEUE = "steadflow"


@dataclass(frozen=True)
class Client:
    """A connection. With an embedded server behind it, that is kept for as long as the client is open."""

    temporal: TemporalClient
    store: ObjectStore
    ui_url: str | None = None
    _resources: AsyncExitStack = field(default_factory=AsyncExitStack, repr=False)

    async def submit(
        self,
        flow_source: FlowSource,
        input: JSON = None,
        *,
        id: str | None = None,
        flow: str | None = None,
        task_queue: str = TASK_QUEUE,
        requester: str | None = None,
        verified: bool = False,
        staged: bool = False,
        with_tools: bool = False,
        again: Again = "reject",
        options: RunOptions | None = None,
        models: Models | None = None,
        config: Mapping[str, JSON] | None = None,
        require_signed: bool = False,
    ) -> Run:
        """Check, seal and start a flow: a path, the text itself, or a sealed definition. Where the input asks for a
        `file`, it has a `Path` or a `File`, whose content goes to the store.

        `flow` names one of several flows in the file. `verified`: no answer to any question of this run, or of its
        children, counts that is not signed by somebody whom the worker knows. `staged`: each call that may write is
        captured instead of carried out, and its result made up; so is what follows from an answer that was made up,
        in any run, unless `with_tools` says otherwise. `again`: when a run has this `id` already, the start is
        refused (`reject`), another run begins if that one is over (`new`), or that one is returned if it is of the
        same definition (`attach`). `models` is what is known of them; without it, what `steadflow.toml` says beside
        the flow or, of what is no file, in the current folder. `config` has values of the deployment for this run;
        they come before those that `steadflow.toml` says for all. `require_signed`: only a flow that is signed off, as
        the `SIGNERS` above its file demand; so it is too where `steadflow.toml` says so. Raises `FlowRefused`,
        `IdRefused`, `InputRefused`, `ConfigRefused`, `Unsigned`, `PriceUnknown` or `RunExists`.
        """
        id = checked_id(id) if id is not None else None
        prepared = prepare(self.store, flow_source, flow, input, models, requester, config, require_signed)
        prepared.input.options = replace(
            options or RunOptions(), verified=verified, staged=staged, with_tools=with_tools
        )
        start = Start(id or new_id(prepared.input.flow), task_queue, prepared.input, prepared.source, again)
        await start_run(self.temporal, start)
        return self.run(start.id)

    async def start_or_send(
        self,
        flow_source: FlowSource,
        input: JSON = None,
        *,
        id: str,
        event: str,
        by: str,
        value: JSON = None,
        key: str | None = None,
        event_id: str | None = None,
        flow: str | None = None,
        task_queue: str = TASK_QUEUE,
        requester: str | None = None,
        again: Again = "new",
        options: RunOptions | None = None,
        models: Models | None = None,
        config: Mapping[str, JSON] | None = None,
        require_signed: bool = False,
    ) -> Run:
        """Send an event to the run `id`, and start it with `input` first where none of this id is under way; both are
        one call, so nobody comes in between. A run that is over is begun anew, unless `again` is `reject`. It returns
        when the run has the event, which takes a worker. Nothing is started for an event that is refused. Raises as
        `submit` and `Run.send` do.
        """
        checked = checked_id(id)
        assert checked is not None
        prepared = prepare(self.store, flow_source, flow, input, models, requester, config, require_signed)
        prepared.input.options = options or RunOptions()
        sent = Send(event_id or uuid.uuid4().hex, event, value, by, key)
        check(prepared.definition, sent)
        start = Start(checked, task_queue, prepared.input, prepared.source, again)
        await start_or_send(self.temporal, start, sent)
        return self.run(checked)

    def run(self, id: str) -> Run:
        """A handle on a run, without asking whether there is one. Raises `IdRefused` where nothing can have this id."""
        refuse_no_id(id)
        return Run(id, self.temporal, self.store)

    async def runs(
        self, *, flow: str | None = None, status: str | None = None, stuck: bool = False
    ) -> AsyncIterator[RunSummary]:
        """The runs there are, the latest first; with `stuck` only those that do not go on, also among
        the children of others, and why."""
        wanted = "running" if stuck else status
        async for summary in list_runs(self.temporal, flow=flow, status=wanted, children=stuck):
            if not stuck:
                yield summary
            elif (reason := await why_stuck(self.temporal, self.run(summary.id)) or summary.stuck) is not None:
                yield replace(summary, stuck=reason)

    async def costs(
        self,
        *by: By,
        since: date | None = None,
        flow: str | None = None,
        run: str | None = None,
    ) -> Costs:
        """What runs have spent, as `dsl costs` tells it: put together `by` flow, or `"agent", "model"` and others for
        finer rows; only what was spent from the day `since` on (of UTC), only runs of `flow`, only this `run`, with
        what these started. It is told by what runs left behind when they ended, else by their workers; a run of which
        neither is there stands in `not_known`. Raises `UnknownRun`.
        """
        first = since.isoformat() if since is not None else ""
        found = await spendings(self, told_by_workers, since=first, flow=flow, id=run)
        return costs_of(found, by or ("flow",), first)

    async def links(self, id: str) -> list[str]:
        """Where a run can be looked at in a browser: Temporal's page of its latest execution."""
        if self.ui_url is None:
            return []
        description = await self.run(id).describe()
        place = f"/workflows/{quote(id, safe='')}/{description.run_id}/history"
        return [f"{self.ui_url}/namespaces/{self.temporal.namespace}{place}"]

    async def close(self) -> None:
        await self._resources.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


async def connect(
    address: str | None = None,
    namespace: str | None = None,
    *,
    state_dir: str | os.PathLike[str] | None = None,
    store: ObjectStore | None = None,
    keys: Keyring | None = None,
) -> Client:
    """Connect to a Temporal server.

    With `state_dir` that is the embedded server of the folder, started when it does not run; otherwise the one at
    `address`, or where Temporal's configuration says. `store` must be one that the workers share; without it, it lies
    in the state folder. `keys` encrypt what stands in histories, and what is in that folder; by default those of
    the environment (`STEADFLOW_ENCRYPTION_KEYS`). Raises `UnusableKeys`.
    """
    keys = keyring_of() if keys is None else keys
    if state_dir is not None and address is None:
        return await connect_embedded(state_dir, store=store, keys=keys)
    temporal = await connect_temporal(address, namespace, keys)
    return Client(temporal, store or _store_for(server_name(temporal), state_folder(state_dir), keys))


async def connect_embedded(
    state_dir: str | os.PathLike[str] | None = None, *, store: ObjectStore | None = None, keys: Keyring | None = None
) -> Client:
    """Connect to the embedded server of a state folder: by default that of the environment, else the user's own."""
    keys = keyring_of() if keys is None else keys
    folder = state_folder(Path(state_dir) if state_dir is not None else None)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(embedded(folder))
        temporal = await connect_with_keys(keys, target_host=server.address, namespace=server.namespace)
        store = store or _store_for(users.EMBEDDED, folder, keys)
        return Client(temporal, store, server.ui_url, stack.pop_all())
    raise AssertionError("unreachable: the stack suppresses nothing")


def _store_for(user: str, folder: StateFolder, keys: Keyring) -> ObjectStore:
    """That of the state folder, which knows from now on whom it serves."""
    users.remember(folder.objects, user)
    return store_in(folder.objects, keys)


def server_name(temporal: TemporalClient) -> str:
    """How a server and a namespace of it are told from others."""
    return f"{temporal.service_client.config.target_host}/{temporal.namespace}"
