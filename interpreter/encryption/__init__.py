"""What the server and the store keep leaves the process encrypted: AES-256-GCM, keys by their id."""
