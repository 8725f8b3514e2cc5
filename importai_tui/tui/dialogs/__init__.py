"""What asks over the page and closes with an answer."""
