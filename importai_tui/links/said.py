"""What the newsletter's words say of a link: the source named in parentheses, and the call before it."""

from __future__ import annotations

import re
from functools import lru_cache

from importai_tui.call_verbs import ANY_VERB, OPENING
from importai_tui.issue import LinkKind

_SOURCES = (
    (
        LinkKind.OTHER,
        r".*\bmicrosite|(?:.* )?(?:official|project|paper|report) (?:web)?site|project page|leaderboard|demo",
    ),
    (
        LinkKind.PAPER,
        r"arxiv|bio-?rxiv|med-?rxiv|chemrxiv|open ?review|ssrn|nature(?: \w+){0,3}|science(?: \w+){0,3}|pnas|cell|acl"
        r"|neurips|nips|pmlr|jmlr|mdpi|ieee|acm|springer|plos(?: \w+)?|pdf|preprint|.*\bpdf"
        r"|proceedings.*|.*\bjournal\b.*|.*\bpaper|bmj.*|lancet.*|nber",
    ),
    (LinkKind.MODEL, r".*hugging ?face.*"),
    (LinkKind.CODE, r".*\bgit ?(?:hub|lab)\b.*|codeberg|bitbucket"),
    (LinkKind.DATASET, r"kaggle|zenodo"),
    (LinkKind.VIDEO, r".*\byoutube|vimeo|video|.*\bvideo"),
    (LinkKind.SOCIAL, r".*\btwitter|x|bluesky|linkedin|facebook(?: post)?|mastodon|reddit|tweet|hacker news"),
    (
        LinkKind.NEWS,
        r"(?:the )?(?:financial times|ft|new york times|nyt|nytimes|bloomberg|reuters|wired|verge|bbc(?: news)?"
        r"|guardian|wall street journal|wsj|washington post|techcrunch|fortune|axios|politico|economist|scmp"
        r"|south china morning post|cnbc|ars ?technica|mit tech(?:nology)? review|technology review|information"
        r"|(?:via )?yahoo.*|time|vice|forbes|atlantic|npr|semafor|nikkei.*|ieee spectrum|venturebeat|register"
        r"|associated press|ap|cnn|quanta(?: magazine)?|new yorker|vox|business insider|xinhua|global times)",
    ),
    (
        LinkKind.POST,
        r".*\bblog(?:post|spot)?|.*\bsubstack|medium|less ?wrong|(?:ai )?alignment forum|.*\bnewsletter|.*\bpress",
    ),
)
_SOURCE_KINDS = tuple((kind, re.compile(rf"(?:{words})$")) for kind, words in _SOURCES)


def kind_by_source(text: str) -> LinkKind | None:
    """The kind of what a source publishes, by the last parenthesis of the words: "(Sakana.ai, PDF)", "(GitHub)".

    Names are asked in the order in which kinds stand above, so that "(GitHub, pdf)" is a paper.
    """
    source = text.rpartition("(")[2].rstrip(" .").rstrip(")").casefold()
    if "(" not in text or len(source) > _LONGEST_SOURCE:
        return None
    names = [name.strip(" .\"'“”") for name in source.split(",")]
    return next((kind for kind, words in _SOURCE_KINDS if any(map(words.match, names))), None)


_LONGEST_SOURCE = 80
"""Characters; the longest source of the corpus has 51."""

_NOUNS = (
    (LinkKind.CODE, r"code|codes|codebase|repo|repository|software|library|framework|implementation"),
    (LinkKind.DATASET, r"data ?sets?|data|corpus|corpora"),
    (LinkKind.MODEL, r"models?|weights|checkpoints?"),
    (LinkKind.VIDEO, r"videos?|trailer|footage"),
    (LinkKind.SOCIAL, r"tweets?|tweet ?(?:thread|storm)|thread"),
    (LinkKind.POST, r"blog|blog ?posts?|post|essay|article|announcement|newsletter"),
    (LinkKind.PAPER, r"(?:research )?papers?|pre-?print|report|study|survey|thesis"),
)
_PLACE = re.compile(
    r"(?:\b[\w-]+ )?\b(?:web ?sites?|sites?|pages?|leaderboards?|demos?|games?|dashboards?|transcripts?)\b"
)
"""What is none of these kinds, though a word before it is one's name: "the paper website"."""
_NOUN_KINDS = tuple((kind, re.compile(rf"\b(?:{words})\b")) for kind, words in _NOUNS)
_OBJECT = re.compile(rf"^{OPENING}(?P<verb>{ANY_VERB}|all of)\b(?: \w+ and (?:{ANY_VERB})\b)?(?P<object>[^:]*)")
_LONGEST_CALL = 300
"""Characters; twice the longest call of the corpus."""
_BEHIND = re.compile(r"\b(?:for|from|about|of|behind|with|by|on|that|which|using|running|to)\b")
"""What is called for stands before these words: "the code for running the model" is code."""


@lru_cache(maxsize=64)
def called_for(call: str) -> frozenset[LinkKind]:
    """The kinds of things that a call names: "Get the code and weights here" asks for code and a model.

    Kept for a moment, for one link's kind asks it up to four times.
    """
    found = _OBJECT.match(" ".join(call.casefold().split())) if len(call) <= _LONGEST_CALL else None
    if found is None:
        return frozenset()
    thing = found["object"]
    if found["verb"] in ("watch", "view", "see") or not re.match(r" (?:more|about|how)\b", thing):
        thing = _BEHIND.split(thing, maxsplit=1)[0] or thing
    rest, places = _PLACE.subn(" ", thing)
    kinds = frozenset(kind for kind, words in _NOUN_KINDS if words.search(rest))
    return kinds or (frozenset({LinkKind.OTHER}) if places else kinds)


def one_of(kinds: frozenset[LinkKind]) -> LinkKind | None:
    """The one kind that is named; None for none, or where two contradict each other."""
    return next(iter(kinds)) if len(kinds) == 1 else None
