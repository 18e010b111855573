"""The API of a small shop, in memory, as it might be anywhere: `python desk_server.py` serves it on port 8765.

Nothing in it knows of flows. It opens one ticket for each idempotency key, gives its orders by pages, and says once
that it is busy.
"""

import json
import sys
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

PORT = 8765
TOKEN = "Bearer demo"
ORDERS = {
    "c-7": [
        {"id": "o-1", "item": "lamp", "total": 39.90, "days_late": 5},
        {"id": "o-2", "item": "rope", "total": 12.00, "days_late": 0},
        {"id": "o-3", "item": "bell", "total": 60.10, "days_late": 9},
    ],
    "c-8": [{"id": "o-4", "item": "ship", "total": 90_000.00, "days_late": 30}],
}
PAGE = 2


class Shop:
    def __init__(self) -> None:
        self.tickets: dict[str, dict[str, Any]] = {}
        self.vouchers: dict[str, dict[str, Any]] = {}
        self.closed: list[str] = []
        self.asked: list[str] = []
        self.busy = True

    def answer(self, method: str, address: str, key: str, body: Any) -> tuple[int, Any, dict[str, str]]:
        """A status, what is said, and headers."""
        parts = urlsplit(address)
        path = [unquote(each) for each in parts.path.strip("/").split("/")]
        self.asked.append(f"{method} {address}")
        match (method, *path):
            case ("GET", "customers", customer, "orders"):
                return self._orders(customer, parse_qs(parts.query).get("after", ["0"])[0])
            case ("POST", "tickets"):
                if self.busy:
                    self.busy = False
                    return 503, {"error": "busy"}, {"Retry-After": "1"}
                ticket = self.tickets.setdefault(key, {"id": f"t-{len(self.tickets) + 1}", **body})
                return 201, ticket, {}
            case ("DELETE", "tickets", ticket):
                self.closed.append(ticket)
                return 204, None, {}
            case ("POST", "vouchers"):
                if Decimal(str(body["worth"])) > 100:
                    return 422, {"error": "a voucher is worth 100 at most"}, {}
                return 201, self.vouchers.setdefault(key, {"code": f"v-{len(self.vouchers) + 1}", **body}), {}
            case _:
                return 404, {"error": "there is no such thing"}, {}

    def _orders(self, customer: str, after: str) -> tuple[int, Any, dict[str, str]]:
        if customer not in ORDERS:
            return 404, {"error": f"there is no customer {customer}"}, {}
        start = int(after)
        rest = ORDERS[customer][start:]
        following = str(start + PAGE) if len(rest) > PAGE else None
        return 200, {"orders": rest[:PAGE], "next": following}, {}


def serving(shop: Shop, port: int = PORT) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length)) if length else None
            status, said, headers = 401, {"error": "who are you?"}, dict[str, str]()
            if self.headers.get("Authorization") == TOKEN:
                status, said, headers = shop.answer(
                    self.command, self.path, self.headers.get("Idempotency-Key", ""), body
                )
            data = b"" if said is None else json.dumps(said).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", "Content-Length": len(data), **headers}.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """What was asked stands in `asked`."""

    for method in ("GET", "POST", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.answer)
    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


if __name__ == "__main__":
    print(f"the shop is open at http://127.0.0.1:{PORT}", file=sys.stderr)
    serving(Shop()).serve_forever()
