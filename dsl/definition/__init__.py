"""The sealed definition: the meaning of a flow as canonical JSON under its hash, and back."""
