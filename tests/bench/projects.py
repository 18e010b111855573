"""A project of many files: one declares types and tools, the others use it, and each has as many flows as make up its
lines."""

from pathlib import Path

SHARED = """edition 1

type Ticket { customer: text, subject: text }
type Customer { id: text, name: text, email: text }

tool crm.customer(id: text) -> Customer read { timeout 10s }
tool mail.send(to: text, body: text) write keyed { compensate none "a sent mail stays sent" }
tool payments.refund(customer: text, amount: decimal) -> { id: text } irreversible keyed {
  compensate none "money that was paid out is not called back"
}
"""
FLOW = """
tool tickets.open_{n}(subject: text) -> {{ id: text }} write keyed {{
  retry 5 times backoff 1s to 1m
  compensate tickets.close_{n}(id: result.id)
}}

tool tickets.close_{n}(id: text) idempotent

agent triage_{n}(ticket: Ticket) -> "refund" | "question" {{
  model "gpt-4o-mini"
  prompt "Subject: {{{{ ticket.subject }}}}"
}}

## Answer ticket {n}; refund only once a human agrees.
flow support_{n}(ticket: Ticket) -> text
  budget 0.50 usd, 60k tokens, 3d
{{
  step kind = triage_{n}(ticket)
  parallel {{
    step customer = crm.customer(id: ticket.customer)
    step case = tickets.open_{n}(subject: ticket.subject)
  }}
  step receipt = mail.send(to: customer.email, body: "We opened case {{{{ case.id }}}}.")
  if kind != "refund" {{ return case.id }}
  await approval refund "Refund to {{{{ customer.name }}}}?" {{
    show kind, customer
    answer {{ amount: decimal at least 0 }}
    from "support-leads" timeout 24h then reject
  }}
  if not refund.approved {{ return "declined" }}
  step payment = payments.refund(customer: customer.id, amount: refund.answer.amount)
  return payment.id
}}
"""
MAIN = """
flow all(ticket: Ticket) -> [text] {{
  {steps}
  return [{names}]
}}
"""
LINES = FLOW.count("\n")


def write_project(folder: Path, files: int, lines: int) -> list[Path]:
    """`lines` in `files` files, the one that the others use first; all of it clean."""
    (folder / "steadflow.toml").touch()
    shared = folder / "shared.flow"
    shared.write_text(SHARED, encoding="utf-8")
    each = max(1, round((lines - SHARED.count("\n")) / (files - 1) / LINES))
    written = [shared]
    for number in range(1, files):
        names = [f"{number}_{one}" for one in range(each)]
        body = "".join(FLOW.format(n=name) for name in names)
        steps = "\n  ".join(f"step said_{name} = support_{name}(ticket)" for name in names)
        body += MAIN.format(steps=steps, names=", ".join(f"said_{name}" for name in names))
        written.append(folder / f"flow_{number}.flow")
        written[-1].write_text(f'edition 1\n\nuse "shared.flow"\n{body}', encoding="utf-8")
    return written
