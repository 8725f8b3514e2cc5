"""The verbs that start a call to action: "Read more:", "Get the code here", "Check out the leaderboard".

The parser, the kinds of links and the titles of links use this table. So a new verb is one line here. The module
imports neither the parser nor other modules of `links`, which load slowly, because the first screen needs titles.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from importai_tui.model import LinkKind


class CallVerb(NamedTuple):
    """A verb of a call, in lower case."""

    phrase: str
    kind: LinkKind | None = None
    """Kind of the link if neither its URL nor the other words indicate one."""
    needs_link: bool = False
    """True if ordinary lines start with it too ("Test results: …"), so that it is a call only with a link."""


CALL_VERBS = (
    CallVerb("read", LinkKind.POST),
    CallVerb("re-read", LinkKind.POST),
    CallVerb("get"),
    CallVerb("check out"),
    CallVerb("check it out"),
    CallVerb("checkout", needs_link=True),
    CallVerb("find out"),
    CallVerb("find"),
    CallVerb("view"),
    CallVerb("play"),
    CallVerb("try out"),
    CallVerb("try"),
    CallVerb("access"),
    CallVerb("request"),
    CallVerb("download"),
    CallVerb("watch"),
    CallVerb("listen to"),
    CallVerb("listen"),
    CallVerb("see"),
    CallVerb("learn"),
    CallVerb("apply"),
    CallVerb("sign up"),
    CallVerb("browse"),
    CallVerb("explore"),
    CallVerb("visit"),
    CallVerb("register", needs_link=True),
    CallVerb("use", needs_link=True),
    CallVerb("follow", needs_link=True),
    CallVerb("grab", needs_link=True),
    CallVerb("join", needs_link=True),
    CallVerb("take a look at", needs_link=True),
    CallVerb("take a look", needs_link=True),
    CallVerb("look at", needs_link=True),
    CallVerb("test", needs_link=True),
    CallVerb("run", needs_link=True),
    CallVerb("contribute", needs_link=True),
    CallVerb("submit", needs_link=True),
    CallVerb("enter", needs_link=True),
    CallVerb("interact", needs_link=True),
    CallVerb("pre-order", needs_link=True),
    CallVerb("preorder", needs_link=True),
    CallVerb("buy", needs_link=True),
)
"""A longer phrase precedes its own start: "find out" before "find"."""


def _alternatives(verbs: tuple[CallVerb, ...]) -> str:
    return "|".join(re.escape(verb.phrase).replace(r"\ ", r"\s+") for verb in verbs)


ANY_VERB = _alternatives(CALL_VERBS)
"""A regular expression for every verb, without a group around it. `CALL_PREFIX` may precede it."""
VERB_WITHOUT_LINK = _alternatives(tuple(verb for verb in CALL_VERBS if not verb.needs_link))
"""A regular expression for the verbs that start a call in a text without links."""
CALL_PREFIX = r"\W*(?:bonus\b\W*)?(?:(?:also|and|please|you can)\W+)*"
"""A regular expression for words before the verb: "Bonus: ", "You can also "."""
VERB_WORDS = frozenset(word for verb in CALL_VERBS for word in verb.phrase.split())
"""The single words of the verbs. They are never a title."""

_VERB_WITH_KIND = re.compile(rf"(?i){CALL_PREFIX}({_alternatives(tuple(verb for verb in CALL_VERBS if verb.kind))})\b")
_KINDS = {verb.phrase: verb.kind for verb in CALL_VERBS}


def get_verb_kind(call: str) -> LinkKind | None:
    """Return the kind that the verb of a call indicates: "Read more here" leads to a post."""
    found = _VERB_WITH_KIND.match(call)
    return _KINDS[" ".join(found[1].casefold().split())] if found else None
