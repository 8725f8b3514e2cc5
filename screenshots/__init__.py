"""The pictures of the README, what they show, and how they are drawn."""
