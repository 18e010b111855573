"""`make nightly`: everything that can say whether this is sound, one part after the other, and one page about it."""
