"""Flow text in colours: which stretch of it is what, for whoever shows it."""
