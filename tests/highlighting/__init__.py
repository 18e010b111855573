"""Flow text in colours, by the grammar: for Pygments, and for editors."""
