"""The search screen: an input, and the stories that it finds."""
