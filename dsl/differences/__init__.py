"""The change of meaning between two versions, and what follows from it."""
