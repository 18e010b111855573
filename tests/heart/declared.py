"""What random flows may call, and what that gives."""

DECLARATIONS = """\
edition 1

let GREETING = "a{{ len("b") }}"
let ROUNDS = 2
type Desk = "leads" | "board"
config region: text = "eu"
config rounds: int at least 1 at most 9 = 2
config patience: duration = 2s

tool t.read(x: text) -> text read
tool t.idempotent(x: text) -> text idempotent { compensate t.undo(x: x) }
tool t.write(x: text) -> { id: text } write {
  errors Refused
  verify none "nobody can look it up"
  compensate t.undo(x: result.id)
}
tool t.named(x: text) -> { id: text } write { retry 2 times backoff 1s to 5s errors Refused compensate t.undo(x: x) }
tool t.verified(x: text) -> { id: text } write {
  errors Refused
  verify t.find(key: key)
  compensate t.undo(x: result.id)
}
tool t.find(key: text) -> { id: text }? read
tool t.keyed(x: text) -> { id: text } write keyed {
  retry 3 times backoff 1s to 4s except Final
  errors Refused, Final
  compensate t.undo_once(x: result.id)
}
tool t.remembered(x: text) -> { id: text } write keyed for 3s {
  retry 4 times backoff 1s to 4s
  compensate t.undo(x: x)
}
tool t.stays(x: text) write { compensate none "it stays" }
tool t.pay(x: text) -> { id: text } irreversible keyed { compensate none "paid is paid" }
tool t.undo(x: text) idempotent
tool t.undo_once(x: text) write { retry 1 times backoff 1s to 1s compensate none "an undo is not undone" }

agent ask(x: text) -> { answer: text } { model "first" then "second" prompt "{{ x }}" }
agent ask_little(x: text) -> text {
  model "second"
  prompt "{{ x }}"
  instructions "Be brief."
  budget 1k tokens, 20s
}
"""

UNDONE = ("t.idempotent", "t.write", "t.named", "t.verified", "t.keyed", "t.remembered")
"""The tools whose effect can be undone."""
NOT_KEYED = ("t.write", "t.named", "t.verified", "t.stays")
RESULTS = {"t.read": "text", "t.idempotent": "text", "t.stays": "nothing", "ask": "answer", "ask_little": "text"}
RESULTS |= {"act": "answer", "boss": "answer"}
"""What each gives; the others give a record with an `id`."""
