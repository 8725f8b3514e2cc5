"""Creates homes and feeds of the synthetic newsletter: ten years of it, or a multiple.

    python -m tests.benchmarks.synthetic_archive FOLDER [TIMES]

fills the home FOLDER (IMPORTAI_TUI_HOME). TIMES multiplies the number of issues within the same ten years.
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
from importai_tui.parse import PARSER_VERSION
from importai_tui.parse.pipeline import parse_issue
from importai_tui.paths import Places
from tests.benchmarks.synthetic_newsletter import HOST, ISSUES, SyntheticIssue, generate_issues

_BATCH_SIZE = 50
"""Issues per batch."""
_BATCHES_AHEAD = 4
"""Batches that are parsed ahead while one is stored."""
_DONE_FILE = "done"
"""Name of a file that marks a complete home."""
_PROGRESS_STEP = 4_800
"""Issues between two progress messages."""


def get_home(folder: Path, times: int) -> Path:
    """Return the home with `times` ten years of issues in that folder; create it if it is missing."""
    home = _get_path(folder, times)
    if not is_complete(folder, times):
        print(f"making {home}: {ISSUES * times:,} issues", file=sys.stderr, flush=True)
        shutil.rmtree(home, ignore_errors=True)  # may be incomplete
        fill_archive(Places.under(home), times)
        (home / _DONE_FILE).touch()
    return home


def is_complete(folder: Path, times: int) -> bool:
    """Return True if the home exists and is complete."""
    return (_get_path(folder, times) / _DONE_FILE).exists()


def fill_archive(places: Places, times: int = 1) -> None:
    """Parse the newsletter and store it in the archive at `places`, with its pages."""
    stored = 0
    with Archive(places.archive, utc_now) as archive:
        for arrivals in _parse_all(generate_issues(times)):
            stored += len(archive.store_all(arrivals))
            if stored % _PROGRESS_STEP == 0:
                print(f"{stored:,} of {ISSUES * times:,} issues", file=sys.stderr, flush=True)


def write_feed(path: Path, times: int = 1) -> None:
    """Write the stories as an RSS 2.0 feed: one item per story with its whole text, newest first."""
    with path.open("w", encoding="utf-8") as feed:
        feed.write(
            '<?xml version="1.0" encoding="utf-8"?>\n'
            '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
            f"<title>Import AI</title><link>{HOST}/</link><description>Made-up text</description>\n"
        )
        # Issues are generated oldest first. The feed is only used for ten years, so it fits in memory.
        for issue in reversed(list(generate_issues(times))):
            feed.writelines(_format_items(issue))
        feed.write("</channel></rss>\n")


def _get_path(folder: Path, times: int) -> Path:
    return folder / f"made-{times}"


def _format_items(issue: SyntheticIssue) -> Iterator[str]:
    day = issue.day.strftime("%a, %d %b %Y 12:00:00 GMT")
    for n, story in enumerate(issue.stories, 1):
        title = story.headline or issue.title
        link = f"{issue.url}/{n}"
        yield (
            f"<item><title>{escape(title)}</title><link>{link}</link><guid>{link}</guid><pubDate>{day}</pubDate>"
            f"<content:encoded>{escape(story.markup)}</content:encoded></item>\n"
        )


def _parse_all(issues: Iterable[SyntheticIssue]) -> Iterator[list[IncomingIssue]]:
    """Yield parsed issues in batches and in order, parsed on all cores."""
    remaining = iter(issues)
    pending: deque[Future[list[IncomingIssue]]] = deque()
    with ProcessPoolExecutor() as pool:
        while pages := [(f"{issue.index}.html", issue.page.encode()) for issue in islice(remaining, _BATCH_SIZE)]:
            pending.append(pool.submit(_parse_batch, pages))
            if len(pending) > _BATCHES_AHEAD:
                yield pending.popleft().result()
        for last in pending:
            yield last.result()


def _parse_batch(pages: list[tuple[str, bytes]]) -> list[IncomingIssue]:
    return [
        IncomingIssue(make_issue_record(parse_issue(page)), compress_page(page), name, PARSER_VERSION)
        for name, page in pages
    ]


def main() -> None:
    """Fill the home given on the command line."""
    places = Places.under(Path(sys.argv[1]))
    fill_archive(places, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    print(places.archive)


if __name__ == "__main__":
    main()
