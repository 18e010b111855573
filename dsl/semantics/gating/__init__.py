"""Which approval opens the gate of which irreversible call."""
