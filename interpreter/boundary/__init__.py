"""The contract with history: names, payloads and failures that are written to Temporal and read back for ever."""
