"""Reads front matter, the fields at the top of a Markdown file: YAML between `---`, or TOML between `+++`.

The field names are those of common tools: Obsidian's web clipper, Substack converters, Jekyll and Hugo.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from importai_tui.parse.dates import parse_day

_BLOCK = re.compile(
    r"\A\s{0,100}(?:---[ \t]*\n(?P<yaml>(?:.*\n){0,200}?)(?:---|\.\.\.)"
    r"|\+\+\+[ \t]*\n(?P<toml>(?:.*\n){0,200}?)\+\+\+)[ \t]*(?:\n|\Z)"
)
_FIELD = re.compile(r"(?m)^([A-Za-z_][\w-]*)[ \t]*:[ \t]*(\S.*)$")
GENERATOR = "importai-tui"
"""The value of `generator` in the documents that this program writes."""
HEADER_PARTS = ("section", "series", "tagline", "links")
"""The paragraphs of such a document that may precede the body, in order."""
CITATIONS = "citations"
"""Added after these parts if calls of the story cite works without an address."""
WHY_COMMENT = "<!-- why -->"
"""Precedes a paragraph that continues a "Why this matters" passage."""
_MAX_LENGTH = 20_000
"""Characters; converters write some hundred."""
_MAX_BRACKETS = 300
"""Lists and mappings in brackets. Nested ones take YAML up to 0.1 ms each."""
_DATES = ("date", "published", "publish_date", "published_at", "published_on", "pubdate", "post_date", "datetime")
"""Not "created": clippers put the day of clipping there."""
_URLS = ("url", "canonical_url", "canonical", "link", "permalink", "source", "original_url")
_NUMBERS = ("number", "issue", "issue_number")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The facts that front matter states, and the position in the text at which it ends."""

    end: int
    title: str | None = None
    date: str | None = None
    url: str | None = None
    number: int | None = None
    generator: str | None = None
    is_export: bool = False
    """True in the notes that this program exports."""


def read_front_matter(text: str) -> FrontMatter | None:
    """Return the front matter of a text; None if it has none."""
    if not text[:200].lstrip().startswith(("---", "+++")):
        return None
    match = _BLOCK.match(text[:_MAX_LENGTH])
    if match is None:
        return None
    fields = _parse_yaml(match["yaml"]) if match["yaml"] is not None else _parse_toml(match["toml"])
    if not fields:
        return None
    numbers = (fields.get(name, "").lstrip("#") for name in _NUMBERS)
    return FrontMatter(
        match.end(),
        title=fields.get("title") or None,
        date=_find_date(fields),
        url=next((url for name in _URLS if (url := fields.get(name, "")).startswith(("http://", "https://"))), None),
        generator=fields.get("generator"),
        is_export="importai_tui" in fields,
        number=next((int(text) for text in numbers if re.fullmatch(r"[0-9]{1,4}", text)), None),
    )


def _find_date(fields: Mapping[str, str]) -> str | None:
    """Return the date; None for one that this program has estimated, because its neighbours tell that anyway."""
    if fields.get("date_estimated", "").lower() == "true":
        return None
    return next((day for name in _DATES if (day := parse_day(fields.get(name, "")))), None)


@lru_cache(maxsize=1)  # several steps of one document ask for it
def _parse_yaml(text: str) -> dict[str, str]:
    """Return the top-level scalars. Invalid YAML, such as a title with an unquoted colon, is read line by line."""
    import yaml

    try:
        if text.count("[") + text.count("{") > _MAX_BRACKETS:
            raise ValueError("too many brackets")
        # This loader leaves every scalar a text. An alias is not copied, so a short text cannot fill the memory.
        value = yaml.load(text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        value = {name: line.strip().strip("\"'") for name, line in _FIELD.findall(text)}
    return _get_texts(value)


def _parse_toml(text: str) -> dict[str, str]:
    try:
        return _get_texts(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return {}


def _get_texts(value: object) -> dict[str, str]:
    """Return the scalar fields as texts, by their names in lower case."""
    if not isinstance(value, Mapping):
        return {}
    return {
        str(name).lower().replace("-", "_"): " ".join(str(field).split())
        for name, field in value.items()
        if not isinstance(field, (Mapping, list)) and field is not None
    }
