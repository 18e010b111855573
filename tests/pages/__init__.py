"""Our pages: what they link to, and the site that is made of them."""
