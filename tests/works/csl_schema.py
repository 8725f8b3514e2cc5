"""A JSON Schema for CSL 1.0.2 items, restricted to the types and variables that the program writes.

Written after appendices III and IV of the specification and csl-data.json in
github.com/citation-style-language/schema, which accepts all that this schema accepts.
"""

from __future__ import annotations

from typing import Any

TYPES = (
    *("article", "article-journal", "dataset", "motion_picture", "paper-conference", "post", "post-weblog"),
    *("software", "webpage"),
)
_STRINGS = (
    "DOI",
    "URL",
    "archive",
    "archive_location",
    "container-title",
    "genre",
    "id",
    "note",
    "number",
    "publisher",
    "title",
)
_DATE = {
    "type": "object",
    "properties": {
        "date-parts": {
            "type": "array",
            "minItems": 1,
            "maxItems": 2,
            "items": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": "integer"}},
        },
        "circa": {"type": ["string", "number", "boolean"]},
    },
    "required": ["date-parts"],
    "additionalProperties": False,
}
_NAME = {
    "type": "object",
    "properties": {name: {"type": "string", "minLength": 1} for name in ("given", "family", "literal")},
    "additionalProperties": False,
}
CSL: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "type": {"enum": list(TYPES)},
            "issued": _DATE,
            "accessed": _DATE,
            "author": {"type": "array", "minItems": 1, "items": _NAME},
            **{name: {"type": "string", "minLength": 1} for name in _STRINGS},
        },
        "required": ["type", "id"],
        "additionalProperties": False,
    },
}
