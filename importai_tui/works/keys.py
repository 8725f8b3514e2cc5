"""Citation keys: the same work has the same key in every run and every selection, and no two works share one."""

from __future__ import annotations

import re
from hashlib import sha256

_LONGEST = 40
"""Characters of an address that are kept before the digest: a key is typed by hand."""
_DIGITS = 10
"""Hexadecimal: forty bits, with which two of ten thousand works meet once in twenty thousand archives."""
_SAID_WHOLE = {
    "arxiv": r"\d{4}\.\d{4,5}|[a-z]+(-[a-z]+)*/\d{7}",
    "doi": r"10\.\d{4,9}/[a-z0-9]+(\.[a-z0-9]+)*",
    # Only the first hyphen divides: with one in the owner's name, a-b/c and a/b-c would be the same.
    "github": r"[a-z0-9]+/[a-z0-9]+(-[a-z0-9]+)*",
    "hf": r"[a-z0-9]+/[a-z0-9]+(-[a-z0-9]+)*",
}
"""For each scheme the ids that can be told from each other when nothing but their letters and digits is left."""
_ANY_SCHEME = r"[a-z0-9]+"


def key_of(work: str) -> str:
    """The citation key of the work with this canonical id: `arxiv-2502-19187`, `github-owner-repo`.

    It has small letters, digits and single hyphens alone, which every tool takes. Where that would hide what tells the
    id from another one, a digest of the id follows.
    """
    scheme, colon, rest = work.partition(":")
    whole = colon and re.fullmatch(_SAID_WHOLE.get(scheme, _ANY_SCHEME), rest, re.ASCII)
    slug = re.sub(r"[^a-z0-9]+", "-", work.removeprefix("https://").lower()).strip("-")
    if whole and re.fullmatch("[a-z]+", scheme) and not re.search(rf"-[0-9a-f]{{{_DIGITS}}}$", slug):
        return slug
    digest = sha256(work.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
    return "-".join(part for part in (slug[:_LONGEST].strip("-"), digest) if part)
