"""Makes the stable keys of stories, and slugs and titles of issues."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from importai_tui.parse.headings import SECTION_LABEL
from importai_tui.parse.segments import Segment

_MIN_HEADLINE_LENGTH = 12
"""Normalised characters. A shorter headline ("Untitled", "Tech Tales") does not distinguish two stories, nor does
the label of a weekly section."""
_MAX_TITLE_HEADLINES = 3
"""Headlines in a generated title, as many as the newsletter's own titles have."""
_MAX_SLUG_LENGTH = 60
"""Characters of a slug, cut at a word."""


def normalise_text(text: str) -> str:
    """Return only letters and digits, without case and accents, so that all copies of a headline are equal."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(filter(str.isalnum, decomposed))


def make_story_keys(segments: Sequence[Segment]) -> list[str]:
    """Make a stable key for each story: words of its headline and a digest of the normalised headline.

    The body counts only if the headline is generic, so that edits of a story do not change its key. Stories of one
    issue with equal headlines get a number.
    """
    keys: list[str] = []
    seen: Counter[str] = Counter()
    for segment in segments:
        normalised = normalise_text(segment.headline)
        if len(normalised) < _MIN_HEADLINE_LENGTH or SECTION_LABEL.match(segment.headline):
            normalised += "/" + normalise_text(" ".join(line.text for line in segment.body[:2])[:200])[:40]
        digest = hashlib.blake2b(normalised.encode(), digest_size=4).hexdigest()
        key = f"{make_slug(segment.headline, 32) or 'story'}-{digest}"
        seen[key] += 1
        keys.append(f"{key}-{seen[key]}" if seen[key] > 1 else key)
    return keys


def make_slug(text: str, max_length: int = _MAX_SLUG_LENGTH) -> str:
    """Join lower-case words by hyphens, up to `max_length` characters, cut at a word."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("’", "").replace("'", ""))
    if not decomposed.isascii():
        decomposed = "".join(character for character in decomposed if not unicodedata.combining(character))
    words = re.findall(r"[a-z0-9]+", decomposed)
    slug = ""
    for word in words:
        if slug and len(slug) + 1 + len(word) > max_length:
            break
        slug = f"{slug}-{word}" if slug else word[:max_length]
    return slug


def generate_title(headlines: Sequence[str]) -> str:
    """Make the title of an issue without one from its first headlines, in the newsletter's style."""
    return "; ".join(headline.rstrip(" .") for headline in headlines[:_MAX_TITLE_HEADLINES])
