"""The meaning of expressions: pure, total, the same in the run, beside its values, and in the check of a constant."""
