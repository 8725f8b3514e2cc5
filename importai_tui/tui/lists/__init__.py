"""Lists of rows: the issues and their stories, the links, what was visited."""
