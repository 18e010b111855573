"""Where what is sensitive goes, through all flows of a file."""
