"""Chooses the title of a web page, and recognises the titles of login pages, browser checks and missing pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

NEEDS_LOGIN = "This page asks you to log in, so there is nothing to show here."
NEEDS_BROWSER = "This page checks your browser first, so it can only be read there."
MISSING = "This page no longer exists."

_MAX_LENGTH = 2_000
"""Characters of a title that are looked at."""
_SEPARATOR = re.compile(r"\s+[\\|\u2013\u2014·•:»-]\s+")
_NOT_LETTERS = re.compile(r"[\W_]+")
_END = r"(?=$|\s*[|:·–—.…!?,-])"
"""Ends the words of a notice: they are not the start of a title such as "Captchas in the wild"."""
_LOGIN = re.compile(
    r"(?i)^(?:please )?(?:log|sign)[ -](?:in|up|on)\b(?! and| the)|^subscribe to (?:read|continue)\b"
    rf"|^(?:login|signin|authentication required|members only){_END}"
)
_CHECK = re.compile(
    rf"(?i)^(?:(?:just a|one) moment|captcha|forbidden|request (?:blocked|rejected)|please wait"
    rf"|ddos[ -](?:guard|protection)|(?:security|browser|robot|human|bot) (?:check|verification)"
    rf"|unsupported browser|client challenge){_END}"
    r"|^attention required|^are you (?:a )?(?:robot|human)\b|^verify(?:ing)? (?:that )?you\b|\bsecurity checkpoint$"
    r"|^checking your browser|^access (?:to this page has been )?denied|^(?:sorry, )?you have been blocked"
    r"|^pardon our interruption|^403 forbidden|^making sure you.re not a bot|^please enable (?:javascript|cookies)"
    r"|^before you continue(?: to)?\b|^(?:javascript|cookies?) (?:is|are) (?:disabled|required)"
)
_MISSING = re.compile(
    r"(?i)^(?:error )?4(?:04|10)(?:$|\s*[|:–—-]|\s+\(?(?:error|(?:page |file )?not found|gone))"
    rf"|^(?:(?:sorry, )?(?:the |this )?(?:page|site|file|article|content|post) )?(?:not found|not available){_END}"
    r"|^(?:sorry, )?(?:the |this )?(?:page|site|file|article|content|post) (?:you |that )?.{0,30}"
    r"(?:(?:could|can)(?: ?not|.t) be found|(?:does|did)(?: not|n.t) exist|(?:is )?(?:no longer |un)available)"
    rf"|^oops\b.{{0,40}}\b(?:found|exist|404)|^(?:this )?account suspended{_END}|\bdomain (?:is )?for sale$"
    r"|^(?:error )?5\d\d(?:$|\s*[|:–—-]|\s+(?:internal|bad|service|gateway|error))|^internal server error|^bad gateway"
)
_EMPTY = frozenset(
    {"", "home", "homepage", "mainpage", "frontpage", "index", "welcome", "website", "blog", "news", "article", "post"}
    | {"page", "document", "title", "untitled", "untitleddocument", "default", "menu", "newtab", "loading", "error"}
    | {"redirecting", "null", "undefined", "none"}
)
"""Titles without letter case and signs that say nothing about a page."""


def find_substitute(title: str) -> str | None:
    """Return a sentence about a page that stands in for the one that was asked for; None if it does not."""
    title = " ".join(title[:_MAX_LENGTH].split())
    patterns = ((_LOGIN, NEEDS_LOGIN), (_CHECK, NEEDS_BROWSER), (_MISSING, MISSING))
    return next((sentence for pattern, sentence in patterns if pattern.search(title)), None)


def choose_title(titles: Iterable[str], site: str, host: str, *, is_front_page: bool) -> str:
    """Return the first title that says something, without the name of the site; empty if there is none.

    Args:
        titles: the titles that a page gives itself, best first.
        site: the name of its site; may be empty.
        host: the host of its site; may be empty.
        is_front_page: the page is that of the whole site, so its title may be the name.
    """
    names = (site, host, max(host.split("."), key=len))  # the last is "example" for www.example.org
    keys = [_fold(name) for name in names if name]
    for title in titles:
        bare = _drop_site_name(title, keys)
        key = _fold(bare[:_MAX_LENGTH])
        if key not in _EMPTY and (is_front_page or key not in keys):
            return bare
    return ""


def _drop_site_name(title: str, keys: Sequence[str]) -> str:
    """Return a title without the site's name after it or before it: "Otters | Example" as "Otters"."""
    parts = list(_SEPARATOR.finditer(title[:_MAX_LENGTH]))
    if not parts:
        return title
    before, after = title[: parts[-1].start()], _fold(title[parts[-1].end() :])
    if len(after) > 2 and any(key.startswith(after) or _is_longer_name(after, key) for key in keys):
        return before
    is_name_first = len(title) < _MAX_LENGTH and _fold(title[: parts[0].start()]) in keys
    return title[parts[0].end() :] if is_name_first else title


def _is_longer_name(text: str, key: str) -> bool:
    """Return True for the name and a word such as "Blog"; a title may begin with a short name by chance."""
    return text == key or (len(key) > 4 and text.startswith(key) and len(text) < len(key) + 10)


def _fold(text: str) -> str:
    return _NOT_LETTERS.sub("", text).casefold()
