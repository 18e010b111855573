"""The files that a file uses, put together with it into one text and one tree."""
