"""Homes and feeds of the made newsletter, ten years of it or many times as much.

    python -m tests.benchmarks.made_archive FOLDER [TIMES]

fills the home FOLDER (IMPORTAI_TUI_HOME). TIMES as many issues lie in the same ten years.
"""

from __future__ import annotations

import shutil
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from html import escape
from itertools import islice
from pathlib import Path

from importai_tui.archive.archive import Archive
from importai_tui.archive.stories import IncomingIssue, compress_page, make_issue_record
from importai_tui.clock import utc_now
from importai_tui.parse.pipeline import PARSER_VERSION, parse_issue
from importai_tui.paths import Places
from tests.benchmarks.made_newsletter import HOST, ISSUES, SyntheticIssue, generate_issues

_TOGETHER = 50
"""Issues that are parsed, and stored, at once."""
_AHEAD = 4
"""Batches that are parsed while one is stored."""
_DONE = "done"
"""A file in a home that is whole."""
_TOLD = 4_800
"""Issues after which it says how far it is."""


def get_home(folder: Path, times: int) -> Path:
    """A home of so many times ten years in that folder, made where it is not there yet."""
    home = _home(folder, times)
    if not is_complete(folder, times):
        print(f"making {home}: {ISSUES * times:,} issues", file=sys.stderr, flush=True)
        shutil.rmtree(home, ignore_errors=True)  # one that was broken off
        fill_archive(Places.under(home), times)
        (home / _DONE).touch()
    return home


def is_complete(folder: Path, times: int) -> bool:
    """Whether such a home is there already, whole."""
    return (_home(folder, times) / _DONE).exists()


def fill_archive(places: Places, times: int = 1) -> None:
    """Store the newsletter in the archive at `places`, each issue with its page, as the parser reads it."""
    stored = 0
    with Archive(places.archive, utc_now) as archive:
        for arrivals in _arrivals(generate_issues(times)):
            stored += len(archive.store_all(arrivals))
            if stored % _TOLD == 0:
                print(f"{stored:,} of {ISSUES * times:,} issues", file=sys.stderr, flush=True)


def write_feed(path: Path, times: int = 1) -> None:
    """The same stories as a feed of RSS 2.0, an item each, the newest first, with their whole text."""
    with path.open("w", encoding="utf-8") as feed:
        feed.write(
            '<?xml version="1.0" encoding="utf-8"?>\n'
            '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
            f"<title>Import AI</title><link>{HOST}/</link><description>Made-up text</description>\n"
        )
        # Made oldest first; a feed of many times ten years is for nobody, so it may lie in memory.
        for issue in reversed(list(generate_issues(times))):
            feed.writelines(_items(issue))
        feed.write("</channel></rss>\n")


def _home(folder: Path, times: int) -> Path:
    return folder / f"made-{times}"


def _items(issue: SyntheticIssue) -> Iterator[str]:
    day = issue.day.strftime("%a, %d %b %Y 12:00:00 GMT")
    for n, story in enumerate(issue.stories, 1):
        title = story.headline or issue.title
        link = f"{issue.url}/{n}"
        yield (
            f"<item><title>{escape(title)}</title><link>{link}</link><guid>{link}</guid><pubDate>{day}</pubDate>"
            f"<content:encoded>{escape(story.markup)}</content:encoded></item>\n"
        )


def _arrivals(issues: Iterable[SyntheticIssue]) -> Iterator[list[IncomingIssue]]:
    """The issues as the archive takes them; some at once, in order, made on all processors."""
    rest = iter(issues)
    waiting: deque[Future[list[IncomingIssue]]] = deque()
    with ProcessPoolExecutor() as pool:
        while pages := [(f"{issue.index}.html", issue.page.encode()) for issue in islice(rest, _TOGETHER)]:
            waiting.append(pool.submit(_parsed, pages))
            if len(waiting) > _AHEAD:
                yield waiting.popleft().result()
        for last in waiting:
            yield last.result()


def _parsed(pages: list[tuple[str, bytes]]) -> list[IncomingIssue]:
    return [
        IncomingIssue(make_issue_record(parse_issue(page)), compress_page(page), name, PARSER_VERSION)
        for name, page in pages
    ]


def main() -> None:
    """Fill the home that is named."""
    places = Places.under(Path(sys.argv[1]))
    fill_archive(places, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    print(places.archive)


if __name__ == "__main__":
    main()
