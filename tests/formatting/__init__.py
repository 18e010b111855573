"""Texts of every rule of the grammar, laid out at random: formatted once and for all, and read as the same."""
