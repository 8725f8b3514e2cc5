"""The help topics: pages of Markdown, and the tables of keys and settings within them."""
