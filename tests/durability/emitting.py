"""Two flows of which one sends events to the other, as the workers of these tests have them too."""

EVENTS = 40

TAKING = """
edition 1
flow main() -> [int] budget 1h {
  var seen: [int] at most 200 = []
  loop all budget 200 iterations {
    await event word: { number: int } timeout 10m else { return seen }
    if word.number < 0 { return seen }
    set seen = last(seen + [word.number], 200)
  } on exhausted { return seen }
}
"""
SENDING = f"""
edition 1
tool words.tell(run: text, number: int) write keyed final {{
  retry 20 times backoff 100ms to 500ms
  emit word to run with {{ number: number }}
}}
flow main(to: text) -> text budget 1h {{
  parallel for number in range({EVENTS}) at most {EVENTS} up to 3 {{ step words.tell(run: to, number: number) }}
  step words.tell(run: to, number: -1)
  return "told"
}}
"""
