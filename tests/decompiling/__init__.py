"""What was sealed comes back as a text that seals to the same hash: every construct, every example, random texts."""
