"""References between stories: explicit mentions, shared citations, related stories."""
