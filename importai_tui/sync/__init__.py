"""Syncs issues from the sources to the archive. Knows no screen.

`run.Sync` is the entry point; `progress` has its progress and its report. Both are modules and not in this file, so the
reader can show progress without loading parser and HTTP client.
"""
