"""One file for each check; `registry.py` is the list of them."""
