"""The heart: a pure state machine that decides what a run does next. It knows nothing of Temporal."""
