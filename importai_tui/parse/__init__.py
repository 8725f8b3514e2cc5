"""Parses documents of any form into issues. No files, network or SQL.

Nothing is imported here, because many modules need `clean` alone and must not load a parser.
"""

from __future__ import annotations

PARSER_VERSION = 3
"""Raised when the same page gives another issue, so that the archive knows to read its pages again."""
