"""What operators see of runs: metrics, and spans for who has OpenTelemetry."""
