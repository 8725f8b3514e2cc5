"""Made-up issues in the newsletter's layouts, one builder a form. Nothing here is the newsletter's own text."""

from __future__ import annotations

from importai_tui.model import Issue, Story
from importai_tui.parse.pipeline import parse_issue

WELCOME = (
    "<p>Welcome to Import AI, a newsletter about AI research. If you’d like to support this, please subscribe.</p>"
)
BODY = "Somebody somewhere built a machine that counts sheep, and it counts them rather well, all things considered."


def head(title: str = "Sheep counted by machine:", tagline: str = "…Sleep is a solved problem…") -> str:
    """A headline and its tagline as the newsletter's editor writes them."""
    return f"<strong>{title}<br /></strong><em>{tagline}<br /></em>"


def story(
    title: str = "Sheep counted by machine:", body: str = BODY, tagline: str = "…Sleep is a solved problem…"
) -> str:
    """A whole story as one run of markup."""
    return head(title, tagline) + body


def read(markup: str, **said: str) -> Issue:
    """The issue in a piece of HTML, greeted as every issue is."""
    return parse_issue((WELCOME + markup).encode(), title=said.get("title"))


def only(markup: str) -> Story:
    """The one story of a piece of HTML."""
    (found,) = read(markup).stories
    return found


def headlines(issue: Issue) -> list[str]:
    """What the stories are called, in order."""
    return [found.headline for found in issue.stories]
