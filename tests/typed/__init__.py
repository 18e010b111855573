"""Typed random programs: what passes the check keeps its types, and has the value that the reference says."""
