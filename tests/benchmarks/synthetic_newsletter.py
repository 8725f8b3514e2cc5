"""Generates a synthetic newsletter with length and layout of the real one. Every run generates the same text."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from importai_tui.model import StoryKind
from tests.benchmarks.synthetic_words import ProseGenerator

ISSUES, STORIES = 480, 3_400
SEED = 480
MAX_NUMBER = 9_999
"""Numbers have at most four digits, so in larger archives only the newest issues have one."""
HOST = "https://importai.substack.com"
_FIRST_DAY, _WEEKS = date(2016, 8, 1), 480
_MEDIAN_WORDS, _SPREAD = 350, 0.55
"""Median words of a story and the deviation of their logarithm, as in the corpus: the first decile is 170 words, the
last 750."""
_PARAGRAPH_WORDS = 80
"""Mean words of a paragraph."""
_MAX_EARLIER_ISSUES = 300
"""Earlier issues that a story may refer to. The limit bounds the memory of the generator."""
_OTHER_SITES = (
    "https://example.org/{}",
    "https://blog.example.com/{}",
    "https://huggingface.co/example/{}",
    "https://huggingface.co/datasets/example/{}",
    "https://x.com/example/status/{}",
    "https://www.youtube.com/watch?v={}",
)
_WELCOME = "<p>Welcome to Import AI, a newsletter about AI research. To support this one, please subscribe.</p>"
_THANKS = "<p><em>Thanks for reading!</em></p>"


@dataclass(frozen=True, slots=True)
class SyntheticStory:
    """A story as the parser should find it. `markup` is its HTML in the page of the issue.

    `addresses` are the addresses of its links in order, without duplicates.
    """

    kind: StoryKind
    headline: str
    tagline: str | None
    addresses: tuple[str, ...]
    markup: str


@dataclass(frozen=True, slots=True)
class SyntheticIssue:
    """One issue. `index` counts all issues from the oldest, starting at 1."""

    index: int
    number: int | None
    day: date
    stories: tuple[SyntheticStory, ...]

    @property
    def url(self) -> str:
        """Address of the page."""
        return _get_address(self.number) if self.number else f"{HOST}/p/made-{self.index}"

    @property
    def title(self) -> str:
        """Title from the first words of the headlines, as in the real newsletter."""
        headlines = [story.headline for story in self.stories if story.headline]
        parts = (" ".join(headline.split()[:5]) for headline in headlines[:3])
        return (f"Import AI {self.number}: " if self.number else "") + "; ".join(parts)

    @property
    def page(self) -> str:
        """HTML of the whole page."""
        first, rest = self.stories[0], self.stories[1:]
        opening = f"{first.markup}\n" if first.kind is StoryKind.NOTE and rest else f"{first.markup}\n<p>***</p>\n"
        stories = opening + "\n<p>***</p>\n".join(story.markup for story in rest)
        return (
            f"<!DOCTYPE html><html><head><title>{self.title}</title>"
            f'<link rel="canonical" href="{self.url}" />'
            f'<meta property="article:published_time" content="{self.day.isoformat()}T12:00:00Z" /></head>'
            f'<body><div class="body markup">\n{_WELCOME}\n{stories}\n{_THANKS}\n</div></body></html>'
        )


class _EarlierStory(NamedTuple):
    """A story that later stories can refer to."""

    subject: list[str]
    cited: list[str]


@dataclass(slots=True)
class _StoryBuilder:
    """A story under construction: the markup of its paragraphs and the addresses of its links."""

    subject: list[str]
    paragraphs: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def link(self, text: str, url: str) -> str:
        """Add a link and return its markup."""
        self.addresses.append(url)
        return f'<a href="{url}">{text}</a>'


def generate_issues(times: int = 1) -> Iterator[SyntheticIssue]:
    """Yield `times` × 480 issues with 3,400 stories each time, oldest first."""
    yield from _Newsletter(ISSUES * times, STORIES * times).issues()


class _Newsletter:
    """Generates issues; later stories refer to earlier ones and cite their works again."""

    def __init__(self, issues: int, stories: int) -> None:
        self._prose = ProseGenerator(SEED)
        self._chance = self._prose.random
        self._issues = issues
        self._counts = [stories // issues + (n < stories % issues) for n in range(issues)]
        for _ in range(issues):
            more, fewer = self._chance.randrange(issues), self._chance.randrange(issues)
            if self._counts[fewer] > 4:
                self._counts[more] += 1
                self._counts[fewer] -= 1
        self._told: deque[list[_EarlierStory]] = deque(maxlen=_MAX_EARLIER_ISSUES)
        self._at = 0

    def issues(self) -> Iterator[SyntheticIssue]:
        """Yield all issues, oldest first."""
        for index, count in enumerate(self._counts, 1):
            self._at = index
            self._told.append([])
            stories = tuple(self._story(position, count) for position in range(1, count + 1))
            day = _FIRST_DAY + timedelta(days=7 * _WEEKS * (index - 1) // self._issues)
            yield SyntheticIssue(index, self._number(index), day, stories)

    def _number(self, n: int) -> int | None:
        """Return the number of the n-th issue; None if it is too old to have one."""
        number = n - max(self._issues - MAX_NUMBER, 0)
        return number if number > 0 else None

    def _story(self, position: int, count: int) -> SyntheticStory:
        kind = self._kind(position, count)
        builder = _StoryBuilder(self._prose.pick_subject())
        if kind in (StoryKind.STORY, StoryKind.ESSAY):
            self._come_back(builder)
        self._write(builder, kind)
        cited = [url for url in builder.addresses if not url.startswith(HOST)]
        self._told[-1].append(_EarlierStory(builder.subject, cited))
        headline = self._prose.format_line(self._prose.pick_words_about(builder.subject, 9) + builder.subject[:2])
        tagline = self._tagline(builder, kind)
        return SyntheticStory(
            kind,
            "" if kind is StoryKind.NOTE else headline,
            tagline,
            tuple(dict.fromkeys(builder.addresses)),
            _build_markup(kind, headline, tagline, builder.paragraphs),
        )

    def _kind(self, position: int, count: int) -> StoryKind:
        if position == count and self._chance.random() < 0.7:
            return StoryKind.TECH_TALES
        if position == 1 and self._chance.random() < 0.1:
            return self._chance.choice((StoryKind.NOTE, StoryKind.NOTE, StoryKind.ESSAY))
        return StoryKind.STORY

    def _length(self, kind: StoryKind) -> int:
        """Return the number of words of a story."""
        match kind:
            case StoryKind.NOTE:
                return self._chance.randint(15, 60)
            case StoryKind.ESSAY:
                return self._chance.randint(1_200, 2_600)
            case _:
                return min(max(int(_MEDIAN_WORDS * self._chance.lognormvariate(0, _SPREAD)), 40), 2_000)

    def _tagline(self, builder: _StoryBuilder, kind: StoryKind) -> str | None:
        line = self._prose.format_line(self._prose.pick_words_about(builder.subject, 9))
        match kind:
            case StoryKind.TECH_TALES:
                return f"[{line}, 2031]"
            case StoryKind.STORY if self._chance.random() < 0.9:
                return f"…{line}…"
            case _:
                return None

    def _come_back(self, builder: _StoryBuilder) -> None:
        """Let one story in six refer to an earlier one: it names the issue, and shares subject and often work."""
        if len(self._told) < 3 or self._chance.random() > 1 / 6:
            return
        distance = min(2 + int(self._chance.expovariate(1 / 40)), len(self._told))
        number = self._number(self._at + 1 - distance)
        if number is None:
            return
        subject, cited = self._chance.choice(self._told[-distance])
        builder.subject = subject[:4] + builder.subject[:2]
        mention = f"Import AI #{number}"
        opening = self._prose.format_sentences(self._prose.pick_words_about(builder.subject, 20))
        if self._chance.random() < 0.5:
            mention = builder.link(mention, _get_address(number))
        again = f", {builder.link('as before', self._chance.choice(cited))}" if cited else ""
        builder.paragraphs.append(f"<p>{opening} This goes on from {mention}{again}.</p>")

    def _write(self, builder: _StoryBuilder, kind: StoryKind) -> None:
        fiction = kind in (StoryKind.TECH_TALES, StoryKind.NOTE)
        remaining = self._length(kind) - 60 * (not fiction)
        while remaining > 0:
            words = self._prose.pick_words_about(
                builder.subject, min(remaining, self._chance.randint(50, 2 * _PARAGRAPH_WORDS - 50))
            )
            remaining -= len(words)
            if not fiction and self._chance.random() < 0.06:
                items = (self._prose.format_line(words[index : index + 15]) for index in range(0, len(words), 15))
                builder.paragraphs.append(f"<ul>{''.join(f'<li><p>{item}</p></li>' for item in items)}</ul>")
            else:
                builder.paragraphs.append(f"<p>{self._paragraph(builder, words, fiction)}</p>")
        if fiction:
            return
        why = self._prose.format_line(self._prose.pick_words(6))
        text = self._prose.format_sentences(self._prose.pick_words(40))
        calls = ["Read more", "Get the code here", "Check out the details"][: self._chance.choice((1, 1, 1, 2, 3))]
        ends = "".join(f"<br />\n   <strong>{call}:</strong> {self._source(builder)}." for call in calls)
        builder.paragraphs.append(f"<p><strong>Why this matters - {why}:</strong> {text}{ends}</p>")

    def _source(self, builder: _StoryBuilder) -> str:
        return builder.link(self._prose.format_line(self._prose.pick_words_about(builder.subject, 10)), self._address())

    def _paragraph(self, builder: _StoryBuilder, words: list[str], fiction: bool) -> str:
        """Return the text of a paragraph; a third of them contain a link."""
        text = self._prose.format_sentences(words)
        if fiction or self._chance.random() > 0.35:
            return text
        middle = text.find(" ", len(text) // 3) + 1
        end = text.find(" ", min(middle + 12, len(text) - 2))
        if not 0 < middle < end:
            return text
        return text[:middle] + builder.link(text[middle:end], self._address()) + text[end:]

    def _address(self) -> str:
        """Return a new address, or in one case of eight one that was cited before."""
        if self._chance.random() < 1 / 8 and len(self._told) > 2:
            cited = self._chance.choice(self._chance.choice(self._told) or [_EarlierStory([], [])]).cited
            if cited:
                return self._chance.choice(cited)
        number = self._chance.randrange(10**5)
        match self._chance.random():
            case part if part < 0.5:
                year = 16 + self._at * 9 // self._issues
                return f"https://arxiv.org/abs/{year:02}{self._chance.randint(1, 12):02}.{number:05}"
            case part if part < 0.65:
                return f"https://github.com/{'-'.join(self._prose.pick_words(2))}/{self._prose.pick_words(1)[0]}"
            case _:
                path = "-".join(self._prose.pick_words(4))
                return self._chance.choice(_OTHER_SITES).format(f"{path}-{number}")


def _get_address(number: int) -> str:
    return f"{HOST}/p/import-ai-{number}"


def _build_markup(kind: StoryKind, headline: str, tagline: str | None, paragraphs: list[str]) -> str:
    """Return the HTML of a story as the newsletter's editor writes it, with the head in the first paragraph."""
    first, rest = paragraphs[0].removeprefix("<p>"), "\n".join(paragraphs[1:])
    remark = f"<em>{tagline}<br /></em>" if tagline else ""
    match kind:
        case StoryKind.NOTE:
            head = "<p>"
        case StoryKind.TECH_TALES:
            head = f"<p><strong>Tech Tales:<br /><br />{headline}<br /></strong>{remark}<br />"
        case StoryKind.ESSAY:
            label = "<strong>Import A-Idea:<br /></strong><em>An occasional essay series:<br /></em>"
            head = f"<p>{label}<strong>{headline}<br /></strong><br />"
        case StoryKind.STORY:
            head = f"<p><strong>{headline}:<br /></strong>{remark}"
    return "\n".join(filter(None, (head + first, rest)))
