"""Issues, stories, links and statistics as text, Markdown and JSON for the command line."""
