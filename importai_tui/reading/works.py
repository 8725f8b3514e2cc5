"""Under which key the state of a cited work is kept, beside the stories. Pure."""

from __future__ import annotations

_PREFIX = "work:"
"""No key of a story holds a colon."""
_LONGEST = 160
"""Characters of a work's id that stands in its key as it is: the parser keeps addresses of two thousand."""


def work_key(work: str) -> str:
    """The key for a work's canonical id."""
    if len(work) <= _LONGEST:
        return _PREFIX + work
    # Imported here: of a thousand works one has so long an address.
    from hashlib import sha256

    return _PREFIX + sha256(work.encode()).hexdigest()


def is_work(key: str) -> bool:
    """Whether a key is that of a work, and of no story."""
    return key.startswith(_PREFIX)
