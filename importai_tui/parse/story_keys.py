"""What makes a story the same story, and what an issue without a number is called."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from importai_tui.parse.headings import SECTION_LABEL
from importai_tui.parse.segmenter import Segment

_MIN_HEADLINE_LENGTH = 12
"""Folded characters; a shorter headline ("Untitled", "Tech Tales") does not tell two stories apart, nor does the
label of a section that came back every week."""
_MAX_TITLE_HEADLINES = 3
"""Headlines in a made-up title, as many as the newsletter's own titles name."""
_MAX_SLUG_LENGTH = 60
"""Characters of a slug, cut at a word."""


def normalise_text(text: str) -> str:
    """Letters and digits alone, case and accents folded: equal for all mirrors of one headline."""
    parted = unicodedata.normalize("NFKD", text.casefold())
    return "".join(filter(str.isalnum, parted))


def make_story_keys(segments: Sequence[Segment]) -> list[str]:
    """A stable key for each story: words of its headline and a digest of the folded headline.

    The text takes part only where the headline says nothing, so that edits of a story keep its key. Two stories of
    one issue with one headline are told apart by their order.
    """
    keys: list[str] = []
    seen: Counter[str] = Counter()
    for segment in segments:
        folded = normalise_text(segment.headline)
        if len(folded) < _MIN_HEADLINE_LENGTH or SECTION_LABEL.match(segment.headline):
            folded += "/" + normalise_text(" ".join(line.text for line in segment.body[:2])[:200])[:40]
        digest = hashlib.blake2b(folded.encode(), digest_size=4).hexdigest()
        key = f"{make_slug(segment.headline, 32) or 'story'}-{digest}"
        seen[key] += 1
        keys.append(f"{key}-{seen[key]}" if seen[key] > 1 else key)
    return keys


def make_slug(text: str, max_length: int = _MAX_SLUG_LENGTH) -> str:
    """Lower-case words joined by hyphens, at most that many characters, cut at a word."""
    parted = unicodedata.normalize("NFKD", text.casefold().replace("’", "").replace("'", ""))
    if not parted.isascii():
        parted = "".join(character for character in parted if not unicodedata.combining(character))
    words = re.findall(r"[a-z0-9]+", parted)
    slug = ""
    for word in words:
        if slug and len(slug) + 1 + len(word) > max_length:
            break
        slug = f"{slug}-{word}" if slug else word[:max_length]
    return slug


def generate_title(headlines: Sequence[str]) -> str:
    """A title in the newsletter's manner, of the first headlines: for an issue that names none."""
    return "; ".join(headline.rstrip(" .") for headline in headlines[:_MAX_TITLE_HEADLINES])
