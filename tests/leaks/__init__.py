"""What is sensitive goes nowhere that does not see it: planted leaks, and random flows run with other secrets."""
