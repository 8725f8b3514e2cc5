"""Small issues made by hand, and pages in the newsletter's layout, for tests of everything behind the parser."""

from __future__ import annotations

from importai_tui.model import Issue, Link, LinkKind, LinkRole, Paragraph, Span, Story, StoryKind


def make_story(key: str, position: int = 1, headline: str = "", words: str = "", links: int = 1) -> Story:
    """A story with one paragraph and as many links with an address."""
    return Story(
        key=key,
        position=position,
        kind=StoryKind.STORY,
        headline=headline or f"The headline of {key}",
        blocks=(Paragraph((Span(words or f"What {key} says."),)),),
        links=tuple(
            Link(n, f"Link {n}", f"https://example.org/{key}/{n}", LinkKind.POST, "example.org", LinkRole.INLINE, None)
            for n in range(1, links + 1)
        ),
    )


def make_issue(*keys: str, number: int | None = None, links: int = 1, **head: str | None) -> Issue:
    """An issue of one story a key; its title is made of the headlines unless one is given."""
    stories = tuple(make_story(key, position, links=links) for position, key in enumerate(keys, 1))
    title = head.get("title") or "; ".join(story.headline for story in stories[:3])
    slug = head.get("slug") or "-".join(keys)
    return Issue(number, slug, title, head.get("date"), head.get("url"), stories)


def make_page(subject: str, stories: int = 2) -> bytes:
    """A page in the layout of a Substack post, one story after another in one paragraph."""
    parts = [
        f"<strong>{subject.title()} learn to count the rivers, part {n}:<br /></strong>"
        f"<em>…Slow water, patient {subject}…<br /></em>"
        f"Somebody has taught {subject} to count rivers, for the {n}. time. It went well enough.<br />"
        f"<strong>Why this matters – rivers are many: </strong>Whoever counts them has to begin somewhere.<br />"
        f'<strong>Read more:</strong> <a href="https://example.org/{subject}/{n}">Counting Rivers {n} (Example)</a>.'
        for n in range(1, stories + 1)
    ]
    welcome = "<p>Welcome to Import AI, a newsletter about AI research. Please subscribe.</p>"
    return (welcome + "<p>" + "<br />***<br />".join(parts) + "</p>").encode()
