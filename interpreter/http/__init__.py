"""Requests that carry tools out: what is sent, to whom, and what became of it."""
