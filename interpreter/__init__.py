"""The run: one generic deterministic interpreter workflow on Temporal, and all that acts for it."""
