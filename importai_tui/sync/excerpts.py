"""Finds posts that a feed does not give whole: paid posts of Substack, excerpts, and posts behind a password."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from importai_tui.parse.formats import Document

_PAID_TAIL = re.compile(rb'<p>\s*<a href="([^"]*)">\s*Read more\s*</a>\s*</p>\s*\Z')
"""End of a preview in Substack's feed: a link to the post itself. Nothing else in the feed marks a preview."""
_SHORT_WORDS = 150
"""Words below which a text is short. Excerpts of WordPress have 55, of Hugo 70; issues have several hundred."""
_TAIL_LENGTH = 2_000
"""Characters at the end of a post that are searched for the signs of an excerpt."""

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
"""Ends of excerpts."""
_READ_MORE_TRANSLATED = (
    r"weiterlesen|mehr lesen|lesen sie (?:mehr|weiter)|lire (?:la suite|plus)|continuer la lecture|en savoir plus"
    r"|le[eé]r m[aá]s|(?:seguir|sigue|continuar) leyendo|continua?r? lendo|continue lendo|(?:leia|ler) mais"
    r"|leggi (?:tutto|altro|di più)|continua(?:re)? a leggere|lees (?:verder|meer)|(?:verder|meer) lezen"
    r"|czytaj (?:dalej|więcej)|läs (?:mer|vidare)|fortsätt läsa|læs (?:mere|videre)|les (?:mer|videre)|lue lisää"
    r"|jatka lukemista|читать (?:далее|дальше|полностью)|читати далі|подробнее|続きを読む|もっと読む"
    r"|阅读(?:更多|全文)|閱讀(?:更多|全文)|继续阅读|繼續閱讀|계속 읽기|더 ?(?:보기|읽기)|devamını oku|číst (?:dál|více)"
    r"|διαβάστε|συνέχεια|اقرأ المزيد|متابعة القراءة|המשך קריאה|קרא עוד|tovább|citește mai|đọc (?:tiếp|thêm)"
)
"""The words "read more" as WordPress and its themes write them in other languages."""
_CUT_OFF_TRANSLATED = re.compile(rf"(?i)(?:…|\.\.\.|\])\s*(?:{_READ_MORE_TRANSLATED})\b.{{0,100}}\Z")
_LAST_LINK = re.compile(r"""(?is)<a\b[^<>]*\bhref\s*=\s*["']([^"'<>]*)["'][^<>]*>((?:(?!</a>).){0,300})</a>\W*\Z""")
_READ_MORE = re.compile(
    r"(?i)\b(?:(?:continue|keep) reading|read (?:more|on\Z|full|the (?:rest|full|whole))|view (?:the )?(?:full|rest)"
    r"|full (?:post|story|article|issue)|more\W{0,6}\Z)"
    rf"|\b(?:{_READ_MORE_TRANSLATED})"
)
"""Words of a link that leads from an excerpt to the whole post."""
_READ_MORE_CLASS = re.compile(r"""(?i)\bclass\s*=\s*["'][^"'<>]*\b(?:more-link|read-?more)\b""")
"""Class of such a link; it is the same in every language."""
_LAST_PARAGRAPH = re.compile(r"(?is)<p>((?:(?!</?p\b).){1,800})</p>\s*\Z")
_LINK = re.compile(r"""(?i)<a\b[^<>]*\bhref\s*=\s*["']([^"'<>]*)["']""")
_PROTECTED_TITLE = re.compile(r"(?i)\A\s*protected:\s")
_PROTECTED = re.compile(
    r"""(?i)class=["'][^"']*\bpost-password-form\b|action=postpass|no excerpt because this is a protected post"""
)
_NEWSLETTER = re.compile(r"(?i)\bimport[\s-]*ai\b")


@dataclass(frozen=True, slots=True)
class SortedPosts:
    """Posts of a feed: readable posts, excerpts, and posts behind a password."""

    readable: list[Document]
    excerpts: list[Document]
    protected: list[Document]


def extract_preview(document: Document) -> Document | None:
    """Return the free part of a paid Substack post, without the link to the rest; None if the post is whole."""
    found = _PAID_TAIL.search(document.data)
    if not found or html.unescape(found[1].decode("utf-8", "replace")) != document.url:
        return None
    return replace(document, data=document.data[: found.start()].rstrip())


def sort_posts(documents: Iterable[Document], *, is_substack: bool) -> SortedPosts:
    """Sort the posts of a feed. With `is_substack`, paid posts are readable, because they are read as previews.

    A short post without a headline counts as an excerpt only if no post of the feed is long.
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
    """Return True if the text of a post can be read only with a password."""
    if not _is_short(text):
        return False
    return bool(_PROTECTED.search(text) or _PROTECTED_TITLE.match(title or ""))


def _is_cut_off(text: str, url: str | None) -> bool:
    """Return True if the text ends like an excerpt."""
    tail = _remove_footer(text[-_TAIL_LENGTH:], url).rstrip()
    words, link = _extract_text(tail), _LAST_LINK.search(_remove_closing_tags(tail))
    if _CUT_OFF.search(words) or _CUT_OFF_TRANSLATED.search(words):
        # Whole stories may also end in "Read more", followed by a link to a paper.
        return link is None or _leads_to(link[1], url) or not _has_text(link[2])
    if not link or not _leads_to(link[1], url):
        return False
    return bool(_READ_MORE.search(_extract_text(link[2])) or _READ_MORE_CLASS.search(link[0]) or _is_short(text))


def _remove_footer(tail: str, url: str | None) -> str:
    """Remove the last line that names the post and its site; plugins write it in any language."""
    tail = _FOOTER.sub("", tail)
    last = _LAST_PARAGRAPH.search(tail)
    links = _LINK.findall(last[1]) if last else []
    if last and len(links) == 2 and _leads_to(links[0], url) and _is_home(links[1], url):
        return tail[: last.start()]
    return tail


def _is_home(address: str, url: str | None) -> bool:
    """Return True if an address is the front page of the post's site."""
    return "/" not in _strip_address(address) and _strip_address(address) == _strip_address(url or "").partition("/")[0]


def _leads_to(address: str, url: str | None) -> bool:
    """Return True if an address is that of the post, with or without query and fragment."""
    return bool(url) and _strip_address(html.unescape(address)) == _strip_address(url or "")


def _strip_address(address: str) -> str:
    return re.sub(r"(?i)\Ahttps?://(?:www\.)?", "", address).partition("#")[0].partition("?")[0].rstrip("/")


def _remove_closing_tags(tail: str) -> str:
    """Remove the closing tags at the end of a post."""
    return re.sub(r"(?:\s*</(?!a\b)[^<>]*>)+\s*\Z", "", tail)


def _has_text(markup: str) -> bool:
    return bool(_extract_text(markup))


def _is_short(text: str) -> bool:
    """Return True for a text of few words without a headline."""
    return not _HEADLINE.search(text) and len(_extract_text(text[:20_000]).split()) < _SHORT_WORDS


def _extract_text(markup: str) -> str:
    """Return the text of some HTML on one line."""
    return " ".join(html.unescape(_TAG.sub(" ", markup)).split())
