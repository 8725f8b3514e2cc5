"""The page: three panes between two lines, and what lies open on it."""
