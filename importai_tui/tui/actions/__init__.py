"""What the keys of the reading screen do: a class for each theme, with a method `action_…` for each action."""
