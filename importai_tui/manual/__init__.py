"""The help topics: Markdown pages, with tables of keys and settings that are made when a page is loaded.

The tables show the defaults, not the user's settings. The package imports no screen and no database.
"""
