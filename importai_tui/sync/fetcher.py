"""Sync of one source in one run: requests, stored issues, counts; numbers that are missing behind a feed.

Posts that a feed does not give whole: paid posts of Substack, excerpts, and posts behind a password.
"""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

from importai_tui.archive.copies import make_feed_origin
from importai_tui.archive.stories import IncomingIssue, IssueRecord
from importai_tui.archive.writer import StoreOutcome
from importai_tui.errors import OfflineError, ReaderError, UnusableResponseError
from importai_tui.http.client import HttpClient
from importai_tui.http.responses import BodyFormat, Response, format_host
from importai_tui.library.library import Library
from importai_tui.library.rows import IssueRow
from importai_tui.parse import PARSER_VERSION
from importai_tui.parse.clean import clean_line
from importai_tui.parse.formats import Document
from importai_tui.parse_pool import PageTask, ParserProcess
from importai_tui.sync.progress import OnProgress, Progress, RateEstimator, SourceReport
from importai_tui.sync.sources import (
    Source,
    SourceState,
    load_given_up,
    load_state,
    load_wanted,
    save_state,
    save_wanted,
)
from importai_tui.wording import plural

_PAID_TAIL = re.compile(rb'<p>\s*<a href="([^"]*)">\s*Read more\s*</a>\s*</p>\s*\Z')
"""What Substack's feed ends a preview with: a link to the post itself. Nothing else in the feed tells of it."""
_SHORT = 150
"""Words; an excerpt of WordPress has 55, one of Hugo 70, and the shortest issue has several hundred."""
_TAIL_LENGTH = 2_000
"""Characters at the end of a post in which the signs of an excerpt stand."""

_TAG = re.compile(r"<[^<>]*>")
_HEADLINE = re.compile(r"(?i)<(?:h[1-6]|strong|b)\b")
_FOOTER = re.compile(r"(?is)(?:<p>\s*)?The post\b(?:(?!The post\b).){1,600}?\bappeared first on\b.{1,300}\Z")
"""The last line that some WordPress plugins add to every post, whole or not."""
_CUT_OFF = re.compile(
    r"(?:\[\s*(?:…|\.\.\.)\s*\]|\(\s*more\s*(?:…|\.\.\.)?\s*\)|(?:…|\.\.\.)\s*more\W{0,3}"
    r"|(?:…|\.\.\.|\])\s*(?:[Cc]ontinue|[Kk]eep) reading\b.{0,200}"
    r"|\bContinue reading\b(?:[^.!?]{0,200}[→»]|\W{0,6})"
    r"|\bRead (?:more|on|the (?:rest|full (?:post|story|article|issue)))\W{0,6}"
    r"|\(\s*\w{2,20}\s*(?:…|\.\.\.)\s*\))\s*\Z"
)
"""How the text of an excerpt ends."""
_OTHER_MORE = (
    r"weiterlesen|mehr lesen|lesen sie (?:mehr|weiter)|lire (?:la suite|plus)|continuer la lecture|en savoir plus"
    r"|le[eé]r m[aá]s|(?:seguir|sigue|continuar) leyendo|continua?r? lendo|continue lendo|(?:leia|ler) mais"
    r"|leggi (?:tutto|altro|di più)|continua(?:re)? a leggere|lees (?:verder|meer)|(?:verder|meer) lezen"
    r"|czytaj (?:dalej|więcej)|läs (?:mer|vidare)|fortsätt läsa|læs (?:mere|videre)|les (?:mer|videre)|lue lisää"
    r"|jatka lukemista|читать (?:далее|дальше|полностью)|читати далі|подробнее|続きを読む|もっと読む"
    r"|阅读(?:更多|全文)|閱讀(?:更多|全文)|继续阅读|繼續閱讀|계속 읽기|더 ?(?:보기|읽기)|devamını oku|číst (?:dál|více)"
    r"|διαβάστε|συνέχεια|اقرأ المزيد|متابعة القراءة|המשך קריאה|קרא עוד|tovább|citește mai|đọc (?:tiếp|thêm)"
)
"""The same words as WordPress and its themes write them in other languages."""
_CUT_OFF_ELSEWHERE = re.compile(rf"(?i)(?:…|\.\.\.|\])\s*(?:{_OTHER_MORE})\b.{{0,100}}\Z")
_LAST_LINK = re.compile(r"""(?is)<a\b[^<>]*\bhref\s*=\s*["']([^"'<>]*)["'][^<>]*>((?:(?!</a>).){0,300})</a>\W*\Z""")
_MORE = re.compile(
    r"(?i)\b(?:(?:continue|keep) reading|read (?:more|on\Z|full|the (?:rest|full|whole))|view (?:the )?(?:full|rest)"
    r"|full (?:post|story|article|issue)|more\W{0,6}\Z)"
    rf"|\b(?:{_OTHER_MORE})"
)
"""Words of a link that leads from an excerpt to the whole post."""
_MORE_CLASS = re.compile(r"""(?i)\bclass\s*=\s*["'][^"'<>]*\b(?:more-link|read-?more)\b""")
"""The class of that link, by which it is known in every language."""
_LAST_PARAGRAPH = re.compile(r"(?is)<p>((?:(?!</?p\b).){1,800})</p>\s*\Z")
_LINK = re.compile(r"""(?i)<a\b[^<>]*\bhref\s*=\s*["']([^"'<>]*)["']""")
_PROTECTED_TITLE = re.compile(r"(?i)\A\s*protected:\s")
_PROTECTED = re.compile(
    r"""(?i)class=["'][^"']*\bpost-password-form\b|action=postpass|no excerpt because this is a protected post"""
)
_NEWSLETTER = re.compile(r"(?i)\bimport[\s-]*ai\b")


@dataclass(frozen=True, slots=True)
class SortedPosts:
    """The posts of a feed: those to read, those that are only excerpts, and those behind a password."""

    readable: list[Document]
    excerpts: list[Document]
    protected: list[Document]


def extract_preview(document: Document) -> Document | None:
    """The free part of a paid post of Substack, without the link to the rest; None if the post is whole."""
    found = _PAID_TAIL.search(document.data)
    if not found or html.unescape(found[1].decode("utf-8", "replace")) != document.url:
        return None
    return replace(document, data=document.data[: found.start()].rstrip())


def sort_posts(documents: Iterable[Document], *, is_substack: bool) -> SortedPosts:
    """Sort the posts of a feed. `substack`: it is Substack's, whose paid posts are read as previews.

    A short post without a headline is an excerpt only in a feed in which no post is long: elsewhere it is a short post.
    """
    found = SortedPosts([], [], [])
    short: list[Document] = []
    has_long = False
    for document in documents:
        text = document.data.decode("utf-8", "replace")
        if is_protected(document.title, text):
            found.protected.append(document)
        elif not (is_substack and extract_preview(document)) and _is_cut_off(text, document.url):
            found.excerpts.append(document)
        else:
            found.readable.append(document)
            is_short = _is_short(text)
            has_long = has_long or not is_short
            if is_short and _NEWSLETTER.search(f"{document.title or ''} {text}"):
                short.append(document)
    if short and not has_long:
        found.excerpts.extend(short)
        found.readable[:] = [document for document in found.readable if document not in short]
    return found


def is_protected(title: str | None, text: str) -> bool:
    """True for a post whose text can be read only with a password."""
    if not _is_short(text):
        return False
    return bool(_PROTECTED.search(text) or _PROTECTED_TITLE.match(title or ""))


def _is_cut_off(text: str, url: str | None) -> bool:
    """True if the text ends as excerpts do."""
    tail = _without_footer(text[-_TAIL_LENGTH:], url).rstrip()
    words, link = _plain(tail), _LAST_LINK.search(_without_closing(tail))
    if _CUT_OFF.search(words) or _CUT_OFF_ELSEWHERE.search(words):
        # "Read more" is also the last line of whole stories, followed by a link to a paper.
        return link is None or _leads_to(link[1], url) or not _has_text(link[2])
    if not link or not _leads_to(link[1], url):
        return False
    return bool(_MORE.search(_plain(link[2])) or _MORE_CLASS.search(link[0]) or _is_short(text))


def _without_footer(tail: str, url: str | None) -> str:
    """The end of a post without the line that names the post and its site, which plugins write in any language."""
    tail = _FOOTER.sub("", tail)
    last = _LAST_PARAGRAPH.search(tail)
    links = _LINK.findall(last[1]) if last else []
    if last and len(links) == 2 and _leads_to(links[0], url) and _is_home(links[1], url):
        return tail[: last.start()]
    return tail


def _is_home(address: str, url: str | None) -> bool:
    """True if an address is the front page of the post's site."""
    return "/" not in _bare(address) and _bare(address) == _bare(url or "").partition("/")[0]


def _leads_to(address: str, url: str | None) -> bool:
    """True if an address is that of the post, whatever part of it."""
    return bool(url) and _bare(html.unescape(address)) == _bare(url or "")


def _bare(address: str) -> str:
    return re.sub(r"(?i)\Ahttps?://(?:www\.)?", "", address).partition("#")[0].partition("?")[0].rstrip("/")


def _without_closing(tail: str) -> str:
    """The end of a post without the tags that close it."""
    return re.sub(r"(?:\s*</(?!a\b)[^<>]*>)+\s*\Z", "", tail)


def _has_text(markup: str) -> bool:
    return bool(_plain(markup))


def _is_short(text: str) -> bool:
    """True for a text of few words without a headline."""
    return not _HEADLINE.search(text) and len(_plain(text[:20_000]).split()) < _SHORT


def _plain(markup: str) -> str:
    """The words of some HTML on one line."""
    return " ".join(html.unescape(_TAG.sub(" ", markup)).split())


_Argument = TypeVar("_Argument")
_Value = TypeVar("_Value")
_MOST_TITLES = 5
"""Titles of protected posts in a report."""


@dataclass(frozen=True, slots=True)
class FetchedIssue:
    """A parsed issue with its compressed page. `whole` is False if the page is only a preview of the issue."""

    issue: IssueRecord
    page: bytes
    is_whole: bool


@dataclass(slots=True)
class _Tally:
    requests: int = 0
    bytes: int = 0
    new: dict[str, IssueRow] = field(default_factory=dict)
    updated: dict[str, IssueRow] = field(default_factory=dict)
    unchanged: set[str] = field(default_factory=set)
    passed_over: int = 0
    failed: list[str] = field(default_factory=list)
    excerpts: set[str] = field(default_factory=set)
    protected: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


class SourceSync:
    """A source, its stored state, and its results so far in this run."""

    def __init__(
        self,
        source: Source,
        library: Library,
        client: HttpClient,
        parser: ParserProcess,
        on_progress: OnProgress,
        clock: Callable[[], float],
    ) -> None:
        self.source = source
        self.library = library
        self.state = load_state(library, source.address)
        self.feed_address = source.address
        """Default address of the feed."""
        self.is_fallback = False
        """True if a WordPress feed is used in place of REST; its issues never replace those of a better source."""
        self.page_size: int | None = None
        """Posts per REST response for the rest of the run, after a larger response failed."""
        self.has_posts = False
        """True if this run has received REST posts."""
        self.first_page: Response | None = None
        """First page of the feed, if this run has received it."""
        self.is_conditional = False
        """True if the latest request was conditional."""
        self._origin, self._state_name = source.name, source.address
        self.total: int | None = None
        """Number of expected issues; None while unknown."""
        self._done = 0
        self._is_counting_wanted = False
        self._client = client
        self._parser = parser
        self._on_progress = on_progress
        self._rate = RateEstimator(clock)
        self._tally = _Tally()

    async def fetch(self, address: str, *, conditional: bool = False) -> Response:
        """Send a request; `conditional` adds the stored validators."""
        self.report_progress()
        requests, size = self._client.request_count, self._client.byte_count
        validators = self.state.validators if conditional else {}
        self.is_conditional = bool(validators)
        try:
            return await self._client.get(address, validators=validators)
        finally:
            self._tally.requests += self._client.request_count - requests
            self._tally.bytes += self._client.byte_count - size

    def save(self) -> None:
        """Save the state of the source. Call this only after the issues that it refers to are stored."""
        save_state(self.library, self._state_name, self.state)

    def switch_to_feed(self, address: str, state: SourceState) -> None:
        """Use this feed of the site for the rest of the run; the stored state of its REST posts stays unchanged."""
        self.state, self._state_name, self.feed_address = state, address, address
        self.is_fallback = True
        self._origin = make_feed_origin(self.source.name)

    async def parse_documents(self, documents: Iterable[Document]) -> list[FetchedIssue]:
        """Parse documents to issues; of two posts with the same address, only the first.

        Posts that are not issues are counted; unreadable posts are named in the report.
        """
        arrived: list[FetchedIssue] = []
        addresses: set[str] = set()
        for document in documents:
            if document.url in addresses:
                continue
            if document.url:
                addresses.add(document.url)
            beginning = extract_preview(document)
            taken = await asyncio.to_thread(self._parser.parse_page, PageTask(beginning or document, ""))
            if taken.issue:
                arrived.append(FetchedIssue(taken.issue, taken.compressed_page, is_whole=beginning is None))
                continue
            self._done += not self._is_counting_wanted
            if taken.failed:
                self._tally.failed.append(f"{_place(document)} {taken.reason}")
            else:
                self._tally.passed_over += 1
        return arrived

    async def run_in_parser(self, task: Callable[[_Argument], _Value], argument: _Argument) -> _Value:
        """Run a task in the parser process and return its value. Raises UnreadableInput."""
        return await asyncio.to_thread(self._parser.run, task, argument)

    async def store(self, fetched: Iterable[FetchedIssue]) -> bool:
        """Store issues, each in its own transaction. Returns True if any was new or edited."""
        news = False
        for one in fetched:
            name = one.issue.url or self.source.address
            # A preview ranks like an imported file: it never replaces a whole issue, and a whole issue replaces it.
            origin = self._origin if one.is_whole else ""
            arrival = IncomingIssue(
                one.issue, one.page, name, PARSER_VERSION, origin=origin, is_fallback=self.is_fallback
            )
            self._done += 1
            try:
                (stored,) = self.library.store_all((arrival,))
            except ReaderError:
                raise
            except Exception as error:  # one issue must not lose the others of its source
                self._tally.failed.append(f'"{one.issue.title[:80]}" cannot be stored ({type(error).__name__})')
                continue
            self._count(stored.outcome, stored.row)
            news |= stored.outcome is not StoreOutcome.UNCHANGED
            self.report_progress(stored.row.title)
            await asyncio.sleep(0)
        return news

    def report_progress(self, title: str = "", note: str = "") -> None:
        """Report the progress of this source."""
        rate, left = self._rate.estimate(self._done, self.total)
        # A post that moves to another page meanwhile comes twice.
        done = min(self._done, self.total) if self.total is not None else self._done
        self._on_progress(Progress(self.source.name, done, self.total, title, len(self._tally.new), rate, left, note))

    def continue_backfill(self, done: int) -> None:
        """Continue after `done` issues of an earlier run, which do not count for the rate."""
        self._done = done
        self._rate.restart(done)

    def start_count(self, total: int) -> None:
        """Count only towards this number of wanted issues from now on."""
        self._is_counting_wanted, self.total = True, total
        self.continue_backfill(0)

    def build_report(
        self, error: Exception | None = None, *, replaced_by: str = "", alternative: str = ""
    ) -> SourceReport:
        """Return the report of this source; `error` ended it early. For the other arguments see `SourceReport`."""
        tally = self._tally
        remarks = [*tally.remarks, *self._format_remarks()]
        if replaced_by:
            remarks.insert(0, f"{getattr(error, 'summary', self.source.host)}, so {replaced_by} was asked instead.")
        return SourceReport(
            name=self.source.name,
            requests=tally.requests,
            bytes=tally.bytes,
            new=tuple(tally.new.values()),
            updated=tuple(tally.updated.values()),
            unchanged=len(tally.unchanged - tally.new.keys() - tally.updated.keys()),
            skipped_posts=tally.passed_over,
            failed_posts=tuple(map(clean_line, dict.fromkeys(tally.failed))),
            remarks=tuple(map(clean_line, remarks)),
            error=clean_line(str(error)) if error else None,
            is_offline=isinstance(error, OfflineError),
            replaced_by=replaced_by,
            alternative=alternative,
        )

    def add_excerpts(self, posts: Iterable[Document]) -> None:
        """Note posts that came as excerpts."""
        self._tally.excerpts.update(post.url or post.title or "" for post in posts)

    def add_protected(self, address: str, title: str) -> None:
        """Note a post behind a password."""
        self._tally.protected[address or title] = title

    def add_remark(self, sentence: str) -> None:
        """Add a sentence to the report, unless it is already there."""
        if sentence not in self._tally.remarks:
            self._tally.remarks.append(sentence)

    def response_error(self, reason: str, response: Response | None = None) -> UnusableResponseError:
        """Return an error whose sentence begins with the host that answered."""
        return UnusableResponseError(f"{format_host(response.url) if response else self.source.host} {reason}.")

    def format_error(self, response: Response, expected: str) -> UnusableResponseError:
        """Return an error about a response of another format; `wanted` completes "where … should be"."""
        got = "a web page" if response.format is BodyFormat.HTML else "something else"
        return self.response_error(
            f"answers with {got} where {expected} should be, so nothing of it was kept. Try again later", response
        )

    def _format_remarks(self) -> Iterator[str]:
        """Yield sentences about issues that were not stored."""
        tally, host = self._tally, self.source.host
        if tally.excerpts:
            yield f"{host} gives only the beginning of {plural(len(tally.excerpts), 'post')}, not stored."
        if tally.protected:
            titles = "; ".join(list(tally.protected.values())[:_MOST_TITLES])
            more = "…" if len(tally.protected) > _MOST_TITLES else ""
            number = plural(len(tally.protected), "post")
            yield f"{host} gives {number} only with a password, not stored: {titles}{more}."

    def _count(self, outcome: StoreOutcome, head: IssueRow) -> None:
        """Count an issue once, with its first outcome, even if it comes twice in one run."""
        match outcome:
            case StoreOutcome.IMPORTED:
                self._tally.new[head.slug] = head
            case StoreOutcome.UPDATED if head.slug in self._tally.new:
                self._tally.new[head.slug] = head
            case StoreOutcome.UPDATED:
                self._tally.updated[head.slug] = head
            case StoreOutcome.UNCHANGED:
                self._tally.unchanged.add(head.slug)


def _place(document: Document) -> str:
    """Format a post for messages: its place in the response and its title."""
    title = f' ("{document.title[:80]}")' if document.title else ""
    return f"{document.name_in_container or 'the post'}{title}"


def save_missing_behind(visit: SourceSync, fetched: Iterable[FetchedIssue]) -> None:
    """Save the numbers that are missing behind the arrived issues.

    Call this before the issues are stored. Afterwards a gap behind the newest issues would look like older issues that
    were never wanted.
    """
    library = visit.library
    numbers = {one.issue.number for one in fetched if one.issue.number is not None}
    missing = find_missing_behind(numbers, library.get_issue_numbers()) - load_given_up(library)
    if missing:
        save_wanted(library, missing | load_wanted(library))


def find_missing_behind(fetched: Collection[int], stored: Collection[int]) -> set[int]:
    """Return the numbers between the newest arrived issue and the nearest stored issue below all arrived ones."""
    if not fetched:
        return set()
    oldest = min(fetched)
    below = max((number for number in stored if number < oldest), default=oldest)
    return set(range(below + 1, max(fetched))).difference(fetched, stored)
