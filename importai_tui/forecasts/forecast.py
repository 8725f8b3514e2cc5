"""A sentence that looks like a forecast, as the rules find it, and its id."""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import NamedTuple


class Speaker(StrEnum):
    """The person who makes a forecast, as in the JSON output."""

    AUTHOR = "author"
    OTHER = "other"
    """Somebody whom the author quotes or paraphrases."""


class FoundForecast(NamedTuple):
    """A sentence that looks like a forecast.

    `quote` is the sentence or list line exactly as in the story's text, and `start` its offset there. `due_text` has
    the words that give the time ("by the end of 2026"), empty if only a probability is given. `probability` is from 0
    to 1, None if none is stated.
    """

    id: str
    quote: str
    start: int
    due_text: str
    speaker: Speaker
    probability: float | None


def make_forecast_id(quote: str) -> str:
    """Return 8 hexadecimal digits that depend only on the letters and digits of the quote, without case and accents.

    So the id survives an edit elsewhere in the story, and is the same in copies with other dashes and quotation marks.
    """
    # Imported here, because it loads OpenSSL, and a list of stored forecasts needs no new id.
    import hashlib

    folded = "".join(filter(str.isalnum, unicodedata.normalize("NFKD", quote.casefold())))
    return hashlib.blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
