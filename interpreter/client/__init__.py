"""Submitting runs, following them, and answering their questions, from any Python program."""
