"""`make mutants`: plants small faults in the code, one at a time, and asks the tests whether they notice."""
