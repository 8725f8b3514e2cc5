"""URLs of links: safety check, normal form, kind, and the work that a URL leads to."""
