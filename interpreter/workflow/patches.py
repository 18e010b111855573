"""Changes of the interpreter that alter the commands of a run: each has an id, asked for with `workflow.patched`.

None so far. A change to `core` or to the driver that makes a recorded history replay differently gets an entry here and
a new recording in `tests/histories/`.
"""
