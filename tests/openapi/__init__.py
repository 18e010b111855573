"""`dsl import`: documents, and what is written of them."""
