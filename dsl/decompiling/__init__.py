"""From a sealed definition back to a text that seals to the same hash."""
