"""A new version beside the old: a run keeps the text that it began with, whatever becomes of the file.

    python examples/new_version.py FOLDER        the flow's file, and the state of the server, are kept in FOLDER

A run waits for somebody to agree. Meanwhile its file is edited and another run is started, on the same worker. Then
both are answered, and each goes on as the text says that it began with.
"""

import asyncio
import sys
from pathlib import Path

from temporalio.worker import Worker

from interpreter.api import FlowPlugin, Run, connect, tool

FIRST = """edition 1

tool letters.send(text: text) -> { id: text } write keyed final

flow terms(customer: text) -> text budget 2d {
  await approval sending "Send our terms to {{ customer }}?" { from "sales" timeout 1d then reject }
  if not sending.approved { return "nothing was sent" }
  step letter = letters.send(text: "{{ customer }} pays within 30 days")
  return letter.id
}
"""
SECOND = FIRST.replace("30 days", "14 days").replace('"sales" timeout', '"sales", "law" timeout')


@tool("letters.send")
def send(text: str) -> dict[str, str]:
    return {"id": text}


async def main(folder: Path) -> None:
    file = folder / "terms.flow"
    async with await connect(state_dir=folder / "state") as client:
        plugin = FlowPlugin(tools=[send], store=client.store)
        async with Worker(client.temporal, task_queue="terms", plugins=[plugin]):
            edit(file, FIRST)
            old = await client.submit(file, {"customer": "Ada"}, task_queue="terms")
            await asked(old)
            edit(file, SECOND)
            new = await client.submit(file, {"customer": "Bob"}, task_queue="terms")
            await asked(new)
            for name, run in (("old", old), ("new", new)):
                await run.approve(by="lena", group="sales")
                print(f"{name}: {await run.result()}")


def edit(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


async def asked(run: Run) -> None:
    async for note in run.follow():
        if note.kind == "asked":
            return


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python examples/new_version.py FOLDER")
    asyncio.run(main(Path(sys.argv[1])))
