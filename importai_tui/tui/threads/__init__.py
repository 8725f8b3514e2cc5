"""What a story refers to, and what mentions it."""
