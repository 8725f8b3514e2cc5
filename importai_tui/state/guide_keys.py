"""Keys of the built-in guide's stories whose marks older versions stored among the user's own."""

from __future__ import annotations

OLD_GUIDE_KEYS = frozenset(
    {
        "a-star-for-later-and-an-undo-for-b48b21f0",
        "a-story-has-eleven-parts-and-28e5a1e9",
        "a-stranger-writes-to-your-d6440fe0",
        "ask-ten-years-of-mondays-a-59511796",
        "five-links-and-ten-digits-or-a-de3d0155",
        "how-to-fill-the-shelf-from-files-d80445c4",
        "marginalia-b9aac888",
        "one-key-from-here-to-the-end-of-0a9ab78e",
        "one-left-61c151ba",
        "reading-a-paper-by-its-edges-a-9178f923",
        "start-here-a-newsletter-that-you-9922b145",
        "start-here-press-1-and-a-paper-e1e22f5e",
        "terms-of-fold-8a06ee52",
        "the-reader-is-also-a-command-for-21656d97",
        "three-panes-two-panes-one-a-86b903fd",
        "two-files-and-only-one-of-them-87f60373",
        "what-is-a-back-catalogue-for-06fed158",
        "when-is-a-story-read-a-program-1a1be6e7",
        "where-the-other-keys-are-and-how-bf3e1db3",
    }
)
"""No list, count or export has these stories. The guide keeps its marks in a file of its own now."""
