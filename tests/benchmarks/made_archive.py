"""An archive of made-up text as long as ten years of the newsletter; every run makes the same.

    python -m tests.benchmarks.made_archive FOLDER [TIMES]

fills the home FOLDER (IMPORTAI_TUI_HOME). TIMES as many issues lie in the same ten years.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from importai_tui import links as addresses
from importai_tui.archive import Archive
from importai_tui.clock import utc_now
from importai_tui.issue import (
    Block,
    CrossReference,
    Issue,
    Link,
    LinkKind,
    LinkRole,
    ListBlock,
    ListItem,
    Paragraph,
    Part,
    Span,
    Story,
    StoryKind,
)
from importai_tui.parse.issues import PARSER_VERSION
from importai_tui.paths import Places
from tests.benchmarks.made_words import Prose

ISSUES, STORIES = 480, 3_400
SEED = 480
_FIRST_DAY, _WEEKS = date(2016, 8, 1), 480
_MEDIAN, _SPREAD = 350, 0.55
"""Words of a story, and the deviation of their logarithm, which is that of the corpus: one story in ten has 170 words
or fewer, one in ten 750 or more."""
_PARAGRAPH = 80
"""Words."""
_OTHER_PLACES = (
    "https://example.org/{}",
    "https://blog.example.com/{}",
    "https://huggingface.co/example/{}",
    "https://huggingface.co/datasets/example/{}",
    "https://x.com/example/status/{}",
    "https://www.youtube.com/watch?v={}",
)


@dataclass(slots=True)
class _Telling:
    """The story that is being made."""

    subject: list[str]
    blocks: list[Block] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    mentions: list[CrossReference] = field(default_factory=list)

    def link(self, text: str, url: str, role: LinkRole) -> Span:
        """A new link, as the words that carry it."""
        n = len(self.links) + 1
        kind = addresses.kind_of(url, text)
        work = addresses.work_id(url)
        self.links.append(Link(n, text, url, kind, addresses.host_of(url), role, work))
        return Span(text, link=n)


class _Newsletter:
    """Issue after issue; later stories come back to earlier ones, and cite again what they cited."""

    def __init__(self, issues: int, stories: int) -> None:
        self._prose = Prose(SEED)
        self._chance = self._prose.chance
        self._issues = issues
        self._counts = [stories // issues + (n < stories % issues) for n in range(issues)]
        for _ in range(issues):
            more, fewer = self._chance.randrange(issues), self._chance.randrange(issues)
            if self._counts[fewer] > 4:
                self._counts[more] += 1
                self._counts[fewer] -= 1
        self._told: list[list[tuple[list[str], list[str]]]] = []
        self._made = 0

    def issues(self) -> Iterator[Issue]:
        """All of them, the oldest first."""
        for n, count in enumerate(self._counts):
            self._told.append([])
            stories = tuple(self._story(position, count) for position in range(1, count + 1))
            day = _FIRST_DAY + timedelta(days=7 * _WEEKS * n // self._issues)
            title = f"Import AI {n + 1}: {'; '.join(story.headline for story in stories[:3])}"
            slug = f"import-ai-{n + 1}"
            url = f"https://importai.substack.com/p/{slug}"
            yield Issue(n + 1, slug, title, day.isoformat(), url, stories)

    def _story(self, position: int, count: int) -> Story:
        kind = self._kind(position, count)
        length = {
            StoryKind.NOTE: lambda: self._chance.randint(15, 60),
            StoryKind.ESSAY: lambda: self._chance.randint(1200, 2600),
        }.get(kind, lambda: min(max(int(_MEDIAN * self._chance.lognormvariate(0, _SPREAD)), 40), 2000))()
        telling = _Telling(self._prose.subject())
        if kind is not StoryKind.NOTE:
            self._come_back(telling)
        self._write(telling, length, fiction=kind is StoryKind.TECH_TALES)
        cited = [link.url for link in telling.links if link.url and link.kind is not LinkKind.ISSUE]
        self._told[-1].append((telling.subject, cited))
        self._made += 1
        headline = self._prose.line(self._prose.about(telling.subject, 9) + telling.subject[:2])
        tagline = self._prose.line(self._prose.about(telling.subject, 9))
        tale = kind is StoryKind.TECH_TALES
        return Story(
            key=f"{'-'.join(headline.lower().split()[:4])}-{self._made:08x}",
            position=position,
            kind=kind,
            headline=headline,
            tagline=f"[{tagline}, 2031]" if tale else (f"…{tagline}…" if self._chance.random() < 0.9 else None),
            section="Tech Tales" if tale else None,
            blocks=tuple(telling.blocks),
            links=tuple(telling.links),
            cross_references=tuple(telling.mentions),
            inspirations=tuple(self._prose.line(self._prose.words(7)) for _ in range(3)) if tale else (),
        )

    def _kind(self, position: int, count: int) -> StoryKind:
        if position == count and self._chance.random() < 0.7:
            return StoryKind.TECH_TALES
        if position == 1 and self._chance.random() < 0.1:
            return self._chance.choice((StoryKind.NOTE, StoryKind.NOTE, StoryKind.ESSAY))
        return StoryKind.STORY

    def _come_back(self, telling: _Telling) -> None:
        """One in six comes back to an earlier story: it names the issue, and shares its subject and often its work."""
        number = len(self._told) - 1
        if number < 2 or self._chance.random() > 1 / 6:
            return
        issue = max(0, number - 1 - int(self._chance.expovariate(1 / 40)))
        subject, cited = self._chance.choice(self._told[issue])
        telling.subject = subject[:4] + telling.subject[:2]
        said = f"Import AI #{issue + 1}"
        opening = self._prose.sentences(self._prose.about(telling.subject, 20))
        if self._chance.random() < 0.5:
            url = f"https://importai.substack.com/p/import-ai-{issue + 1}"
            mention = telling.link(said, url, LinkRole.CROSS_REFERENCE)
        else:
            mention = Span(said)
        telling.mentions.append(CrossReference(issue + 1, said, mention.link))
        again = [telling.link("as before", self._chance.choice(cited), LinkRole.INLINE)] if cited else []
        telling.blocks.append(Paragraph((Span(f"{opening} See "), mention, Span(", "), *again, Span("."))))

    def _write(self, telling: _Telling, length: int, *, fiction: bool) -> None:
        left = length if fiction else length - 60
        while left > 0:
            words = self._prose.about(telling.subject, min(left, self._chance.randint(50, 2 * _PARAGRAPH - 50)))
            left -= len(words)
            if not fiction and self._chance.random() < 0.06:
                items = [words[at : at + 15] for at in range(0, len(words), 15)]
                telling.blocks.append(ListBlock(tuple(ListItem((Span(self._prose.line(item)),)) for item in items)))
            else:
                telling.blocks.append(Paragraph(self._spans(telling, words, fiction)))
        if fiction:
            return
        run_in = (Span("Why this matters - "), Span(self._prose.line(self._prose.words(6)), bold=True))
        telling.blocks.append(Paragraph((Span(self._prose.sentences(self._prose.words(40))),), run_in, Part.WHY))
        calls = ["Read more", "Get the code here", "Check out the details"][: self._chance.choice((1, 1, 1, 2, 3))]
        for call in calls:
            title = self._prose.line(self._prose.about(telling.subject, 10))
            spans = (telling.link(title, self._address(), LinkRole.READ_MORE), Span("."))
            telling.blocks.append(Paragraph(spans, (Span(f"{call}: ", bold=True),), Part.READ_MORE))

    def _spans(self, telling: _Telling, words: list[str], fiction: bool) -> tuple[Span, ...]:
        """A paragraph; some carry a link inside, some begin with bold words."""
        text = self._prose.sentences(words)
        if fiction or self._chance.random() > 0.35:
            return (Span(text),)
        middle = text.find(" ", len(text) // 3) + 1
        end = text.find(" ", min(middle + 12, len(text) - 2))
        if not 0 < middle < end:
            return (Span(text),)
        link = telling.link(text[middle:end], self._address(), LinkRole.INLINE)
        return (Span(text[:middle]), link, Span(text[end:]))

    def _address(self) -> str:
        """Of something new, and one time in eight of something that was cited before."""
        if self._chance.random() < 1 / 8 and len(self._told) > 2:
            _, cited = self._chance.choice(self._chance.choice(self._told[:-1]))
            if cited:
                return self._chance.choice(cited)
        number = self._chance.randrange(10**5)
        match self._chance.random():
            case part if part < 0.5:
                year = 16 + len(self._told) * 9 // self._issues
                return f"https://arxiv.org/abs/{year:02}{self._chance.randint(1, 12):02}.{number:05}"
            case part if part < 0.65:
                return f"https://github.com/{'-'.join(self._prose.words(2))}/{self._prose.words(1)[0]}"
            case _:
                path = "-".join(self._prose.words(4))
                return self._chance.choice(_OTHER_PLACES).format(f"{path}-{number}")


def made_issues(times: int = 1) -> Iterator[Issue]:
    """480 issues with 3,400 stories, or so many times as many, the oldest first."""
    yield from _Newsletter(ISSUES * times, STORIES * times).issues()


def fill(places: Places, times: int = 1) -> None:
    """Store them in the archive at `places`, each with a page of its text."""
    with Archive(places.archive, utc_now) as archive:
        for issue in made_issues(times):
            page = "\n".join(f"<p><strong>{story.headline}</strong></p>{story.text}" for story in issue.stories)
            archive.store(issue, page.encode(), f"{issue.slug}.html", parser_version=PARSER_VERSION)


def main() -> None:
    """Fill the home that is named."""
    places = Places.under(Path(sys.argv[1]))
    fill(places, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    print(places.archive)


if __name__ == "__main__":
    main()
