"""Builders of invented issues in the newsletter's layouts."""

from __future__ import annotations

from importai_tui.model import Issue, Story
from importai_tui.parse.pipeline import parse_issue

WELCOME = (
    "<p>Welcome to Import AI, a newsletter about AI research. If you’d like to support this, please subscribe.</p>"
)
BODY = "Somebody somewhere built a machine that counts sheep, and it counts them rather well, all things considered."
PLAIN_TEXT = f"Import AI 7: Sheep\n\nWelcome to Import AI, please subscribe.\nSheep are counted:\n…Baa…\n{BODY}\n"


def headline_html(title: str = "Sheep counted by machine:", tagline: str = "…Sleep is a solved problem…") -> str:
    """Return a headline and its tagline as the newsletter's editor writes them."""
    return f"<strong>{title}<br /></strong><em>{tagline}<br /></em>"


def story_html(
    title: str = "Sheep counted by machine:", body: str = BODY, tagline: str = "…Sleep is a solved problem…"
) -> str:
    """Return a complete story as one run of markup."""
    return headline_html(title, tagline) + body


def parse_html(markup: str, title: str | None = None) -> Issue:
    """Parse HTML with the newsletter's welcome before it."""
    return parse_issue((WELCOME + markup).encode(), title=title)


def parse_one_story(markup: str) -> Story:
    """Parse HTML that contains one story."""
    (found,) = parse_html(markup).stories
    return found


def get_headlines(issue: Issue) -> list[str]:
    """Return the headlines of an issue."""
    return [found.headline for found in issue.stories]
