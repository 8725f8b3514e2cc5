"""Parses documents of any format into issues. Pure: no files, network or SQL.

Start at `pipeline.parse_issue`. This package imports nothing, because output and screens need only `clean`.
"""

from __future__ import annotations

PARSER_VERSION = 5
"""Increased whenever the same page gives another issue, so that the archive re-parses its stored pages."""
