"""State follows the text: where a story's key is gone, what the reader did to it goes to the story it lives on in."""
