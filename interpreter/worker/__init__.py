"""A worker: tools as typed Python functions, and the plugin that makes a Temporal worker run flows."""
