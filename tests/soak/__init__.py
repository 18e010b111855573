"""Real processes killed at random under random flows, and a bank that shows afterwards what was really done."""
