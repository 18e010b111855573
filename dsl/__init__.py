"""The Flow language: from source text to a checked, sealed definition. Never imports the interpreter or Temporal."""
