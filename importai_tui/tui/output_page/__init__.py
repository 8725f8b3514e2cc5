"""The output of the user's own commands as a page, and the list of these commands."""
