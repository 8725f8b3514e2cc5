"""Posts that a feed does not give whole: paid posts of Substack, excerpts, and posts behind a password."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from importai_tui.parse.document import Document

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
class Sorted:
    """The posts of a feed: those to read, those that are only excerpts, and those behind a password."""

    readable: list[Document]
    excerpts: list[Document]
    protected: list[Document]


def preview(document: Document) -> Document | None:
    """The free part of a paid post of Substack, without the link to the rest; None if the post is whole."""
    found = _PAID_TAIL.search(document.data)
    if not found or html.unescape(found[1].decode("utf-8", "replace")) != document.url:
        return None
    return replace(document, data=document.data[: found.start()].rstrip())


def sort_posts(documents: Iterable[Document], *, substack: bool) -> Sorted:
    """Sort the posts of a feed. `substack`: it is Substack's, whose paid posts are read as previews.

    A short post without a headline is an excerpt only in a feed in which no post is long: elsewhere it is a short post.
    """
    found = Sorted([], [], [])
    short: list[Document] = []
    has_long = False
    for document in documents:
        text = document.data.decode("utf-8", "replace")
        if is_protected(document.title, text):
            found.protected.append(document)
        elif not (substack and preview(document)) and _is_cut_off(text, document.url):
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
