"""The actions of the reading screen's keys: one class for each theme, one method `action_…` for each action."""
