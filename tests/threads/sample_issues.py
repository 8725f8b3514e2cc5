"""Made-up issues that mention each other as the newsletter does."""

from __future__ import annotations

from importai_tui.links.classify import classify_link
from importai_tui.links.urls import get_host
from importai_tui.links.work_ids import get_work_id
from importai_tui.model import CrossReference, Issue, Link, LinkKind, LinkRole, Paragraph, Span, Story, StoryKind

CENSUS_URL = "https://arxiv.org/abs/2401.00001"


def make_link(n: int, text: str, url: str) -> Link:
    """Return a link with the kind of its URL."""
    kind = classify_link(url, text)
    role = LinkRole.CROSS_REFERENCE if kind is LinkKind.ISSUE else LinkRole.READ_MORE
    return Link(n, text, url, kind, get_host(url), role, get_work_id(url))


def make_story(
    position: int, headline: str, text: str, *, mentions: tuple[CrossReference, ...] = (), links: tuple[Link, ...] = ()
) -> Story:
    """Return a story of one paragraph, in which the texts of the links are linked."""
    return Story(
        key=f"{headline.casefold().replace(' ', '-')}",
        position=position,
        kind=StoryKind.STORY,
        headline=headline,
        blocks=(Paragraph(tuple(_make_spans(text, links))),),
        links=links,
        cross_references=mentions,
    )


def _make_spans(text: str, links: tuple[Link, ...]) -> list[Span]:
    for link in links:
        before, link_text, after = text.partition(link.text)
        if link_text:
            return [Span(before), Span(link_text, link=link.n), Span(after)]
    return [Span(text)]


def make_issue(number: int | None, day: str, *stories: Story, slug: str = "", url: str | None = None) -> Issue:
    """Return an issue with these stories."""
    return Issue(number, slug or f"import-ai-{number}", f"Import AI {number}", day, url, stories)


def make_issues() -> list[Issue]:
    """Return issues to mention: one with several stories, one with a single story, one without a number, and others."""
    fillers = [
        make_issue(
            number,
            f"2022-{number - 40:02}-03",
            *(
                make_story(
                    n, f"{subject} number {number}", f"The {subject} go on, as they do in every season and year."
                )
                for n, subject in enumerate(("Millers", "Ferries", "Weirs", "Rafts", "Ponds"), 1)
            ),
        )
        for number in range(41, 47)
    ]
    return [
        *fillers,
        make_issue(90, "2023-05-01", make_story(1, "On patience", "An essay on what water knows of time.")),
        make_issue(
            100,
            "2024-01-01",
            make_story(1, "Otters open river locks", "Otterworks trained SluiceNet on the locks of nine rivers."),
            make_story(
                2,
                "A new census of herons",
                "Whoever counts herons counts slowly.",
                links=(make_link(1, "It", CENSUS_URL),),
            ),
            make_story(3, "Lock keepers strike", "The keepers of Bruckhaven want shorter tides."),
            make_story(4, "The ferry that waited", "It waited, and the fog did too."),
            url="https://importai.substack.com/p/import-ai-100-otters-herons",
        ),
        make_issue(
            None,
            "2024-02-05",
            make_story(1, "Winter in the delta", "The delta froze, and Driftwell measured the ice."),
            make_story(2, "A museum of anchors", "Somebody keeps them all, by weight."),
            slug="the-delta-in-winter-and-a-museum",
            url="https://jack-clark.net/2024/02/05/the-delta-in-winter-and-a-museum",
        ),
    ]


def make_mentioning_issue(text: str, *links: Link, number: int | None = 100, link_number: int = 0) -> Issue:
    """Return the newest issue, with one story that mentions issue `number` in its text or in a link of it."""
    mention_text = links[link_number - 1].text if link_number else f"Import AI #{number}"
    mentions = (CrossReference(number, mention_text, link_number),) if number is not None else ()
    return make_issue(112, "2024-03-25", make_story(1, "The sluices again", text, mentions=mentions, links=links))
