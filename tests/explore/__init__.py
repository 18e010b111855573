"""The machine explored: every order of what can come, from every state that can be reached, for small flows."""
