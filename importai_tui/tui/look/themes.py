"""The two themes of our own, `ink` and `paper`, and what stands in for their extra colours in every other theme.

Six variables are ours: `$mark` (unread, here, run-in heads), `$second` (kinds of links, the fiction), `$muted`;
`$cursor`, the ground under a list's cursor, `$highlight`, the one under kept words, and `$match`, the one under what
was looked for. Each pair in use has a contrast of at least 4.5:1.
"""

from __future__ import annotations

from textual.theme import Theme

INK_NAME = "ink"
PAPER_NAME = "paper"


def house_theme(
    name: str,
    *,
    dark: bool,
    background: str,
    panel: str,
    foreground: str,
    muted: str,
    accent: str,
    second: str,
    cursor: str,
    highlight: str,
    match: str,
    scrollbar: str,
) -> Theme:
    """A theme of two grounds, two weights of text and two colours."""
    return Theme(
        name=name,
        dark=dark,
        primary=accent,
        secondary=second,
        accent=accent,
        warning=accent,
        error=accent,
        success=second,
        foreground=foreground,
        background=background,
        surface=background,
        panel=panel,
        boost=panel,
        variables={
            "mark": accent,
            "second": second,
            "muted": muted,
            "cursor": cursor,
            "highlight": highlight,
            "match": match,
            "text-muted": muted,
            "text-disabled": muted,
            "border": cursor,
            "border-blurred": panel,
            "block-cursor-background": cursor,
            "block-cursor-foreground": foreground,
            "block-cursor-text-style": "bold",
            "block-hover-background": panel,
            "input-cursor-background": foreground,
            "input-cursor-foreground": background,
            "input-selection-background": cursor,
            "scrollbar": scrollbar,
            "scrollbar-hover": muted,
            "scrollbar-active": accent,
            "scrollbar-background": background,
            "scrollbar-background-hover": background,
            "scrollbar-background-active": background,
            "scrollbar-corner-color": background,
            "screen-selection-background": cursor,
            "screen-selection-foreground": foreground,
        },
    )


INK = house_theme(
    INK_NAME,
    dark=True,
    background="#15161a",
    panel="#1b1d22",
    foreground="#d9d4c7",
    muted="#8a8477",
    accent="#e3a857",
    second="#b39ddb",
    cursor="#2a2d35",
    highlight="#3a3320",
    match="#3b3354",
    scrollbar="#2a2d35",
)
PAPER = house_theme(
    PAPER_NAME,
    dark=False,
    background="#fbf8f1",
    panel="#f1ecdf",
    foreground="#2a2925",
    muted="#716a5d",
    accent="#a34a1f",
    second="#6b4fa0",
    cursor="#eae3d2",
    highlight="#f6e3a1",
    match="#dfd5f2",
    scrollbar="#ddd4be",
)


def stand_ins(variables: dict[str, str]) -> dict[str, str]:
    """Our variables, drawn from a built-in theme's own."""
    return {
        "mark": variables["text-accent"],
        "second": variables["text-secondary"],
        "muted": variables["text-muted"],
        "cursor": variables["block-hover-background"],
        "highlight": variables["primary-muted"],
        "match": variables["secondary-muted"],
    } | variables
