"""Generates fake issues in the layout of Import AI, in the markup of both sites.

Every run generates the same issues. `fake_sites` serves them.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

from tests.sync import words

NEWEST = 480
MAX_STORIES = 8

_NEWEST_PUBLISHED = datetime(2026, 11, 9, 13, 31, 40, tzinfo=UTC)
_SUBSTACK_SLUG_LENGTH = 40
"""Characters of a Substack slug, which is cut at a word; the mirror uses the whole title."""
_ONE_PARAGRAPH = range(340, 420)
"""Numbers of issues in one paragraph with line breaks, a layout of some years."""
_FIRST_WITH_STARS = 340
"""Issues before this one separate stories with a run of `#`, later ones with `***`."""
_LAST_OLD_TITLE = 50
"""Issues up to this one have titles like "Import AI: Issue 6"."""
_SUBSCRIBE = {"url": "https://importai.substack.com/subscribe?", "text": "Subscribe now", "action": None, "class": None}
_WELCOME = (
    "<p>Welcome to Import AI, a newsletter about AI research. This one runs on drizzle and on nothing else. "
    "If you’d like to support this, please subscribe.</p>"
)
_BUTTON = (
    f'<p class="button-wrapper" data-attrs="{html.escape(json.dumps(_SUBSCRIBE, separators=(",", ":")))}" '
    f'data-component-name="ButtonCreateButton"><a class="button primary" href="{_SUBSCRIBE["url"]}">'
    "<span>Subscribe now</span></a></p>"
)
_THANKS = "<p><em>Thanks for reading!</em></p>"


@dataclass(frozen=True, slots=True)
class FakeIssue:
    """An issue on both sites.

    `title`, `slug`, `published` and `body` (HTML) are Substack's; `modified` and `post_id` are the mirror's.
    `headlines` are those that the parser should find, in order. All times are UTC.
    """

    number: int | None
    title: str
    slug: str
    published: datetime
    modified: datetime
    post_id: int
    body: str
    headlines: tuple[str, ...]

    @property
    def url(self) -> str:
        """Address on Substack."""
        return f"https://importai.substack.com/p/{self.slug}"

    @property
    def mirror_published(self) -> datetime:
        """Time of publication on the mirror, some minutes later."""
        return self.published + timedelta(seconds=200 + self.post_id % 300)

    @property
    def mirror_slug(self) -> str:
        """Slug on the mirror: the whole title."""
        return _make_slug(self.title)

    @property
    def mirror_url(self) -> str:
        """Address on the mirror."""
        return f"https://jack-clark.net/{self.mirror_published:%Y/%m/%d}/{self.mirror_slug}/"

    @property
    def mirror_title(self) -> str:
        """Title with WordPress's entities."""
        return texturize(html.escape(self.title, quote=False)).replace("&amp;", "&#038;")

    @property
    def mirror_body(self) -> str:
        """Body as WordPress writes it: typographic quotes and dashes, XHTML line breaks, one block per line."""
        markup = re.sub(r'data-attrs="([^"]*)"', lambda m: f"data-attrs='{html.unescape(m[1])}'", self.body)
        markup = re.sub(r"(</(?:p|ul|li)>|<ul>|<li>)(?=<)", r"\1\n", markup.replace("<br>", "<br />"))
        return texturize(markup) + "\n"


def make_issues(count: int, *, stories: int = 5, is_long: bool = False, newest: int = NEWEST) -> list[FakeIssue]:
    """Make weekly issues, newest first, numbered down from `newest`.

    A body of five stories has about 10 kB; with `is_long` it has 21 to 26 kB. Bodies of the corpus have 18 to 34 kB.
    """
    assert count <= newest
    assert 1 <= stories <= MAX_STORIES
    return [_make_issue(number, stories, long=is_long) for number in range(newest, newest - count, -1)]


def remove_number(issue: FakeIssue) -> FakeIssue:
    """Return the issue without a number in title and slug; some real posts have none."""
    title = issue.title.partition(": ")[2]
    return replace(issue, number=None, title=title, slug=_make_slug(title, _SUBSTACK_SLUG_LENGTH))


def make_other_post(after: FakeIssue) -> FakeIssue:
    """Make a post of the same author that is not an issue, a day after one."""
    return FakeIssue(
        number=None,
        title="A note on my garden",
        slug="a-note-on-my-garden",
        published=after.published + timedelta(days=1),
        modified=after.modified + timedelta(days=1),
        post_id=after.post_id + 1,
        body="<p>The beans are up. I have nothing else to report, and wanted to report it.</p>",
        headlines=(),
    )


def texturize(markup: str) -> str:
    """Replace quotes, dashes and ellipses in the text like WordPress (wptexturize), but not in tags."""
    parts = re.split(r"(<[^>]*>)", markup)
    parts[::2] = [_replace_characters(text) for text in parts[::2]]
    return "".join(parts)


def _replace_characters(text: str) -> str:
    return text.replace(" - ", " &#8211; ").replace("...", "&#8230;").replace("'", "&#8217;")


def _make_slug(title: str, longest: int = 200) -> str:
    """Make a slug, cut at a word."""
    slug = "-".join(re.findall(r"[a-z0-9]+", title.lower().replace("'", "").replace("’", "")))
    return slug if len(slug) <= longest else slug[: longest + 1].rpartition("-")[0]


def _make_issue(number: int, stories: int, *, long: bool) -> FakeIssue:
    published, title = _get_published(number), _make_title(number)
    issue = FakeIssue(
        number=number,
        title=title,
        slug=_make_slug(title, _SUBSTACK_SLUG_LENGTH),
        published=published,
        modified=published,
        post_id=100 + 7 * number + number % 4,
        body=_build_body(number, stories, long=long),
        headlines=tuple(_make_headlines(number, stories)),
    )
    return replace(issue, modified=issue.mirror_published)


def _get_published(number: int) -> datetime:
    return _NEWEST_PUBLISHED - timedelta(weeks=NEWEST - number)


def _make_title(number: int) -> str:
    """Return the title from the first headlines; the name of the newsletter varies as in the real one."""
    name = f"ImportAI {number}" if number % 7 == 1 else f"Import AI {number}"
    if number <= _LAST_OLD_TITLE:
        name = f"Import AI: Issue {number}"
    first, second = (words.make_headline(number * MAX_STORIES + n) for n in range(2))
    return f"{name}: {first}; and {second}"


def _has_tale(number: int, stories: int) -> bool:
    """Return True for the two issues in three that end with fiction."""
    return stories > 1 and number % 3 != 0


def _make_headlines(number: int, stories: int) -> list[str]:
    tale = _has_tale(number, stories)
    news = [words.make_headline(number * MAX_STORIES + n) for n in range(stories - tale)]
    return [*news, words.make_tale_title(number)] if tale else news


# --- layout ----------------------------------------------------------------------------------------------------------


def _build_body(number: int, stories: int, *, long: bool) -> str:
    """Return Substack's HTML: no white space between blocks, `<br>`, JSON attributes in double quotes."""
    tale = _has_tale(number, stories)
    length = 3 + number % 3 if long else 1
    built_stories = [_build_story(number, position, length) for position in range(stories - tale)]
    if number in _ONE_PARAGRAPH:
        parts = [_join_in_one_paragraph("<br><br>***<br><br>", built_stories)]
    else:
        mark = "#" * 52 if number < _FIRST_WITH_STARS else "***"
        parts = [f"<p>{mark}</p>".join(_wrap_paragraphs(story) for story in built_stories)]
    if tale:
        # The author sometimes forgets the separator before the fiction.
        parts.append("" if number % 10 == 0 else "<p>***</p>")
        parts.append(_build_tale(number, length))
    return _WELCOME + _BUTTON + "".join(parts) + _THANKS


def _wrap_paragraphs(parts: list[str]) -> str:
    """Wrap each part in a paragraph, except lists."""
    return "".join(part if part.startswith("<ul>") else f"<p>{part}</p>" for part in parts)


def _join_in_one_paragraph(separator: str, stories: list[list[str]]) -> str:
    """Put all stories in one paragraph, interrupted only by lists."""
    whole = separator.join("<br><br>".join(parts) for parts in stories)
    return f"<p>{whole}</p>".replace("<br><br><ul>", "</p><ul>").replace("</ul><br><br>", "</ul><p>")


def _build_story(number: int, position: int, length: int) -> list[str]:
    """Return the parts of a story: inline markup or lists."""
    index = number * MAX_STORIES + position
    random = Random(f"story {index}")
    title = html.escape(words.make_headline(index), quote=False)
    remark = words.pick_tagline(random) + ("..." if index % 4 == 0 else "…")
    paper = f"https://arxiv.org/abs/{_get_published(number):%y%m}.{index:05}"
    parts = [
        f"<strong>{title}:<br></strong><em>…{remark}<br></em>{_make_prose(random, 3 * length)} It is told in "
        f'<a href="{paper}v1">a paper</a>, and the parts lie <a href="https://github.com/made-up/parts-{index}">here</a>.'
    ]
    parts += [f"<strong>{head}:</strong> {_make_prose(random, 3)}" for head in words.SUBHEADS[: 2 * length]]
    if index % 3 == 0:
        items = "".join(f"<li><p>{_make_prose(random, 1)}</p></li>" for _ in range(3))
        parts += ["<strong>What one gets:</strong>", f"<ul>{items}</ul>"]
    if index % 4 == 1 and number > 1:
        parts.append(f"{_make_prose(random, 2)} We have been here before ({_link_earlier_issue(number)}).")
    if index % 5 == 2:
        # The editor turns file names into links.
        parts.append(f'{_make_prose(random, 1)} The drawings were made with <a href="http://p5.js">p5.js</a>.')
    parts.append(
        f"<strong>Why this matters - {words.pick_matter(random)}: </strong>{_make_prose(random, 2 * length)}<br>"
        f'<strong>   Read more:</strong> <a href="{paper}">{title}, Revisited (arXiv)</a>.<br>'
        f'   <strong>Get the code here:</strong> <a href="https://github.com/made-up/parts-{index}">'
        f"Parts {index} (GitHub)</a>."
    )
    return parts


def _build_tale(number: int, length: int) -> str:
    random = Random(f"tale {number}")
    title = html.escape(words.make_tale_title(number), quote=False)
    year = 2027 + number % 40
    paragraphs = "".join(f"<p>{_make_prose(random, 4)}</p>" for _ in range(2 * length))
    return (
        f"<p><strong>Tech "
        f"Tales:</strong></p><p>{title}<br><em>[{words.pick_place(random).capitalize()}, {year}]</em></p>"
        f"{paragraphs}<p><strong>Things that inspired this story:</strong> Rain; {words.pick_matter(random)}.</p>"
    )


def _make_prose(random: Random, sentences: int) -> str:
    return html.escape(words.make_prose(random, sentences), quote=False)


def _link_earlier_issue(number: int) -> str:
    """Return a link to an earlier issue, with the tracking parameters of the Substack app."""
    earlier = max(1, number - 8)
    slug = _make_slug(_make_title(earlier), _SUBSTACK_SLUG_LENGTH)
    address = f"https://importai.substack.com/p/{slug}?r=2made&amp;utm_medium=ios&amp;triedRedirect=true"
    return f'<a href="{address}">Import AI #{earlier}</a>'
