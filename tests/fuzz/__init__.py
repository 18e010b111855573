"""Whatever is given, it is taken or refused in words: random changes, led by what they reach of the code."""
