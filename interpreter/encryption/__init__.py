"""Keys by their id, and what they seal: AES-256-GCM."""
