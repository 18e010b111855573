"""An MCP server over stdio that does what a test plans: well-behaved, or in each way in which servers are not.

It is a program of its own, run with the path of a folder: `tools.json` there says what it offers, `journal` takes each
call that reached it, and each start. Standard library only, so that it starts at once.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

LOCK = threading.Lock()


def send(message: dict[str, Any]) -> None:
    with LOCK:
        sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        sys.stdout.flush()


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": words}], **more}


def tools(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / "tools.json").read_text())
    return found


def called(folder: Path, name: str, arguments: dict[str, Any]) -> dict[str, Any] | None:
    """The answer; None is none."""
    with (folder / "journal").open("a") as journal:
        journal.write(json.dumps({"tool": name, "arguments": arguments}) + "\n")
    match name:
        case "die" if not (folder / "may_live").exists():
            print("out of memory, or so", file=sys.stderr, flush=True)
            os._exit(1)
        case "hang" if not (folder / "may_live").exists():
            return None
        case "slow":
            time.sleep(0.3)
        case "noise":
            print("a line for people", flush=True)
        case "fail":
            return text("ENOENT: no such page" if arguments.get("page") == "none" else "no luck", isError=True)
        case "unfit":
            return text("{}", structuredContent={"total": "many"})
        case "picture":
            return {"content": [{"type": "image", "data": "aGk=", "mimeType": "image/png"}]}
        case "huge":
            return text("done", structuredContent={"text": "x" * 300_000})
        case "count":
            return text("3", structuredContent={"total": 3})
        case "change":
            offered = [
                one | {"description": "does more now"} if one["name"] == "count" else one for one in tools(folder)
            ]
            (folder / "tools.json").write_text(json.dumps(offered))
            send({"method": "notifications/tools/list_changed"})
        case "variables":
            return text(json.dumps({"token": os.environ.get("TOKEN"), "secret": os.environ.get("OTHER_SECRET")}))
        case _:
            pass
    return text(json.dumps(arguments))


def answer(folder: Path, request: dict[str, Any]) -> None:
    params = request.get("params", {})
    match request["method"]:
        case "initialize":
            capabilities = {"tools": {"listChanged": True}, "resources": {}}
            server = {"name": "planned", "version": "1"}
            said = {"protocolVersion": params["protocolVersion"], "capabilities": capabilities, "serverInfo": server}
        case "tools/list":
            said = {"tools": tools(folder)}
        case "tools/call":
            result = called(folder, params["name"], params.get("arguments", {}))
            if result is None:
                return
            said = result
        case "resources/list":
            said = {"resources": [{"uri": "notes://today", "name": "today", "mimeType": "text/plain"}]}
        case "resources/templates/list":
            said = {"resourceTemplates": [{"uriTemplate": "notes://{name}", "name": "note"}]}
        case "resources/read":
            said = {"contents": [{"uri": params["uri"], "mimeType": "text/plain", "text": f"this is {params['uri']}"}]}
        case _:
            send({"id": request["id"], "error": {"code": -32601, "message": "Method not found"}})
            return
    send({"id": request["id"], "result": said})


def main(folder: Path) -> None:
    with (folder / "journal").open("a") as journal:
        journal.write(json.dumps({"started": os.getpid()}) + "\n")
    (folder / "pid").write_text(str(os.getpid()))
    if (folder / "broken").exists():
        sys.exit("it cannot start: no key")
    for line in sys.stdin:
        request = json.loads(line)
        if "id" in request and "method" in request:
            threading.Thread(target=answer, args=(folder, request), daemon=True).start()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
