"""Syncs issues from the sources to the archive, without any user interface.

`run.Sync` is the entry point; `progress` has its progress and its report. They are not imported here, so the reader can
show progress without loading parser and HTTP client.
"""
