"""Where large values are kept: by the hash of their content, outside of histories."""
