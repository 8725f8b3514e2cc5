"""A small archive of made-up issues that mention each other in the newsletter's manner."""

from __future__ import annotations

from importai_tui.links.classify import kind_of
from importai_tui.links.urls import host_of
from importai_tui.links.work_ids import work_id
from importai_tui.model import CrossReference, Issue, Link, LinkKind, LinkRole, Paragraph, Span, Story, StoryKind

CENSUS = "https://arxiv.org/abs/2401.00001"


def link(n: int, text: str, url: str) -> Link:
    """A link, its kind by its address."""
    kind = kind_of(url, text)
    role = LinkRole.CROSS_REFERENCE if kind is LinkKind.ISSUE else LinkRole.READ_MORE
    return Link(n, text, url, kind, host_of(url), role, work_id(url))


def story(
    position: int, headline: str, text: str, *, mentions: tuple[CrossReference, ...] = (), links: tuple[Link, ...] = ()
) -> Story:
    """A story of one paragraph; the words of a link in it carry the link."""
    return Story(
        key=f"{headline.casefold().replace(' ', '-')}",
        position=position,
        kind=StoryKind.STORY,
        headline=headline,
        blocks=(Paragraph(tuple(_spans(text, links))),),
        links=links,
        cross_references=mentions,
    )


def _spans(text: str, links: tuple[Link, ...]) -> list[Span]:
    for one in links:
        before, found, after = text.partition(one.text)
        if found:
            return [Span(before), Span(found, link=one.n), Span(after)]
    return [Span(text)]


def issue(number: int | None, day: str, *stories: Story, slug: str = "", url: str | None = None) -> Issue:
    """An issue of these stories."""
    return Issue(number, slug or f"import-ai-{number}", f"Import AI {number}", day, url, stories)


def rivers() -> list[Issue]:
    """Issues to be mentioned: one of many stories, one of a single one, one without a number, and what fills up."""
    fillers = [
        issue(
            number,
            f"2022-{number - 40:02}-03",
            *(
                story(n, f"{subject} number {number}", f"The {subject} go on, as they do in every season and year.")
                for n, subject in enumerate(("Millers", "Ferries", "Weirs", "Rafts", "Ponds"), 1)
            ),
        )
        for number in range(41, 47)
    ]
    return [
        *fillers,
        issue(90, "2023-05-01", story(1, "On patience", "An essay on what water knows of time.")),
        issue(
            100,
            "2024-01-01",
            story(1, "Otters open river locks", "Otterworks trained SluiceNet on the locks of nine rivers."),
            story(2, "A new census of herons", "Whoever counts herons counts slowly.", links=(link(1, "It", CENSUS),)),
            story(3, "Lock keepers strike", "The keepers of Bruckhaven want shorter tides."),
            story(4, "The ferry that waited", "It waited, and the fog did too."),
            url="https://importai.substack.com/p/import-ai-100-otters-herons",
        ),
        issue(
            None,
            "2024-02-05",
            story(1, "Winter in the delta", "The delta froze, and Driftwell measured the ice."),
            story(2, "A museum of anchors", "Somebody keeps them all, by weight."),
            slug="the-delta-in-winter-and-a-museum",
            url="https://jack-clark.net/2024/02/05/the-delta-in-winter-and-a-museum",
        ),
    ]


def mentioning(text: str, *links: Link, number: int | None = 100, carried: int = 0) -> Issue:
    """The newest issue, of one story that says this; the mention of `number` is carried by a link, or by words."""
    said = links[carried - 1].text if carried else f"Import AI #{number}"
    mentions = (CrossReference(number, said, carried),) if number is not None else ()
    return issue(112, "2024-03-25", story(1, "The sluices again", text, mentions=mentions, links=links))
