"""What a link leads to: by its address where that is certain, else by the words around it.

What the newsletter's words say of a link: the source named in parentheses, and the call before it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from importai_tui.links.call_verbs import ANY_VERB, CALL_PREFIX, get_verb_kind
from importai_tui.links.urls import (
    MAX_URL_LENGTH,
    classify_host,
    find_issue_number,
    get_host,
    get_path,
    is_file_name_link,
    is_issue_url,
    is_newsletter_front_page,
)
from importai_tui.links.work_ids import get_original_url, get_work_id
from importai_tui.model import LinkKind

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
_SOURCE_PATTERNS = tuple((kind, re.compile(rf"(?:{words})$")) for kind, words in _SOURCES)


def classify_source(text: str) -> LinkKind | None:
    """The kind of what a source publishes, by the last parenthesis of the words: "(Sakana.ai, PDF)", "(GitHub)".

    Names are asked in the order in which kinds stand above, so that "(GitHub, pdf)" is a paper.
    """
    source = text.rpartition("(")[2].rstrip(" .").rstrip(")").casefold()
    if "(" not in text or len(source) > _MAX_SOURCE_LENGTH:
        return None
    names = [name.strip(" .\"'“”") for name in source.split(",")]
    return next((kind for kind, words in _SOURCE_PATTERNS if any(map(words.match, names))), None)


_MAX_SOURCE_LENGTH = 80
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
_OTHER_NOUN = re.compile(
    r"(?:\b[\w-]+ )?\b(?:web ?sites?|sites?|pages?|leaderboards?|demos?|games?|dashboards?|transcripts?)\b"
)
"""What is none of these kinds, though a word before it is one's name: "the paper website"."""
_NOUN_PATTERNS = tuple((kind, re.compile(rf"\b(?:{words})\b")) for kind, words in _NOUNS)
_CALL = re.compile(rf"^{CALL_PREFIX}(?P<verb>{ANY_VERB}|all of)\b(?: \w+ and (?:{ANY_VERB})\b)?(?P<object>[^:]*)")
_MAX_CALL_LENGTH = 300
"""Characters; twice the longest call of the corpus."""
_OBJECT_END = re.compile(r"\b(?:for|from|about|of|behind|with|by|on|that|which|using|running|to)\b")
"""What is called for stands before these words: "the code for running the model" is code."""


@lru_cache(maxsize=64)
def find_kinds_in_call(call: str) -> frozenset[LinkKind]:
    """The kinds of things that a call names: "Get the code and weights here" asks for code and a model.

    Kept for a moment, for one link's kind asks it up to four times.
    """
    found = _CALL.match(" ".join(call.casefold().split())) if len(call) <= _MAX_CALL_LENGTH else None
    if found is None:
        return frozenset()
    thing = found["object"]
    if found["verb"] in ("watch", "view", "see") or not re.match(r" (?:more|about|how)\b", thing):
        thing = _OBJECT_END.split(thing, maxsplit=1)[0] or thing
    rest, places = _OTHER_NOUN.subn(" ", thing)
    kinds = frozenset(kind for kind, words in _NOUN_PATTERNS if words.search(rest))
    return kinds or (frozenset({LinkKind.OTHER}) if places else kinds)


def get_single_kind(kinds: frozenset[LinkKind]) -> LinkKind | None:
    """The one kind that is named; None for none, or where two contradict each other."""
    return next(iter(kinds)) if len(kinds) == 1 else None


_POST_PATH = re.compile(
    r"(?i)/(?:blogs?|posts?|p|news|newsroom|research|index|articles?|essays?|writing|engineering|story|stories)(?:/|$)"
)
_PAPER_PATH = re.compile(r"(?i)/(?:papers?|publications?|pubs|manuscripts?|preprints?|reports?|abs|doi)(?:/|$)")
_IMAGE_FILE = re.compile(r"(?i)\.(?:png|jpe?g|gif|svg|webp)$")
_TITLE_SLUG = re.compile(r"(?<![a-z0-9])[a-z0-9]+(?:-[a-z0-9]+){3,}")
"""Four words with hyphens between them: the title of something written."""
_DATASET_WORD = re.compile(r"(?i)\bdata ?sets?\b")
_HF_DATASET_NAME = re.compile(r"(?i)data|bench|corpus|archive|collection")


def classify_link(url: str | None, text: str = "", before: str = "") -> LinkKind:
    """What a link leads to. `text` is what is underlined, `before` the call before it ("Get the dataset here:")."""
    if is_issue_url(url) or (is_newsletter_front_page(url) and find_issue_number(text) is not None):
        return LinkKind.ISSUE
    if is_file_name_link(url, text):
        return LinkKind.OTHER
    call = _join_call(text, before)
    if url is None or len(url) > MAX_URL_LENGTH:
        said = _classify_words(text, call)
        if said is LinkKind.CODE and _is_article(text, call):
            return LinkKind.POST
        return said or get_verb_kind(call) or LinkKind.OTHER
    url = get_original_url(url)
    if kind := _classify_url(url, text, call):
        return kind
    said = _classify_words(text, call)
    if said is LinkKind.CODE and get_single_kind(find_kinds_in_call(call)) is not LinkKind.CODE:
        said = LinkKind.OTHER  # a project's page that a forge serves: "Humanoids (GitHub)" at humanoids.github.io
    if said is LinkKind.OTHER and get_path(url).strip("/") and not find_kinds_in_call(call):
        said = None  # something on a project's own site, that is not its front page
    return said or _classify_path(url, call)


_FINAL_HERE = re.compile(r"(?i)\bhere\b\W*$")


def _join_call(text: str, before: str) -> str:
    """The call with what of it is underlined: in "Get the [code and models here] (GitHub)" the link holds its end."""
    named = " ".join(text.partition("(")[0].split())
    if _FINAL_HERE.search(named) or not before.rstrip().endswith((":", "here")):
        return f"{before} {_FINAL_HERE.sub('', named)}".strip() if before else named
    return before


_MIN_TITLE_WORDS = 4
"""Words from which on a name is the title of something written, as in a slug."""


def _is_article(text: str, call: str) -> bool:
    """Whether something on a forge is there to be read: "Read more: How to Tame an Optimizer (GitHub)"."""
    name = text.rpartition("(")[0].partition(":")[0]
    return (
        len(name.split()) >= _MIN_TITLE_WORDS and not find_kinds_in_call(call) and get_verb_kind(call) is LinkKind.POST
    )


def _classify_url(url: str, text: str, call: str) -> LinkKind | None:
    """What the address alone decides, or together with the words where a site has two kinds of things."""
    work, host, path = get_work_id(url) or "", get_host(url) or "", get_path(url)
    if work.startswith("arxiv:"):
        return LinkKind.PAPER
    if work.startswith("doi:"):
        return _classify_doi(work.removeprefix("doi:"), call)
    if _IMAGE_FILE.search(path):
        return LinkKind.OTHER
    if path.lower().endswith(".pdf"):
        return LinkKind.PAPER
    if work.startswith("github:"):
        return _classify_repository(text, call)
    if host in ("huggingface.co", "hf.co"):
        return _classify_hugging_face(path, text, call)
    return classify_host(host)


def _classify_doi(doi: str, call: str) -> LinkKind:
    """A DOI is a paper's, but for the archive of data and code that gives one to everything, and Nature's news."""
    if doi.startswith("10.5281/"):
        return get_single_kind(find_kinds_in_call(call)) or LinkKind.DATASET
    return LinkKind.NEWS if doi.startswith("10.1038/d41586-") else LinkKind.PAPER


def _classify_repository(text: str, call: str) -> LinkKind:
    """Code, unless the words ask for a data set or a model and for nothing else."""
    asked = get_single_kind(find_kinds_in_call(call))
    if asked in (LinkKind.DATASET, LinkKind.MODEL):
        return asked
    return LinkKind.DATASET if _DATASET_WORD.search(text) and asked is None else LinkKind.CODE


def _classify_hugging_face(path: str, text: str, call: str) -> LinkKind:
    first = path.strip("/").partition("/")[0]
    match first:
        case "datasets":
            return LinkKind.DATASET
        case "blog" | "posts" | "learn" | "docs":
            return LinkKind.POST
        case "spaces" | "chat" | "tasks" | "":
            return LinkKind.OTHER
        case "collections":
            return _choose_model_or_dataset(text, call)
        case _:
            return LinkKind.MODEL


def _choose_model_or_dataset(text: str, call: str) -> LinkKind:
    asked = get_single_kind(find_kinds_in_call(call))
    if asked in (LinkKind.DATASET, LinkKind.MODEL):
        return asked
    return LinkKind.DATASET if _HF_DATASET_NAME.search(text.rpartition("(")[0] or text) else LinkKind.MODEL


def _classify_words(text: str, call: str) -> LinkKind | None:
    """What the source behind the title and the call before it say."""
    source, asked = classify_source(text), get_single_kind(find_kinds_in_call(call))
    match source:
        case LinkKind.CODE if asked is not LinkKind.POST and asked is not LinkKind.PAPER:
            return _classify_repository(text, call)
        case LinkKind.CODE:
            return asked  # "Read the paper: On Sheep (GitHub)"
        case LinkKind.MODEL:
            return LinkKind.OTHER if re.search(r"(?i)\bdemo\b", call) else _choose_model_or_dataset(text, call)
        case None:
            return asked
        case LinkKind.OTHER if asked is LinkKind.VIDEO:
            return source  # pictures and videos on somebody's own site
        case LinkKind.OTHER | LinkKind.POST:
            return asked or source
        case _:
            return source


def _classify_path(url: str, call: str) -> LinkKind:
    """What the path looks like, where neither the site nor the words say anything."""
    path = get_path(url)
    if _PAPER_PATH.search(path):
        return LinkKind.PAPER
    if _POST_PATH.search(path) or _TITLE_SLUG.search(path.rpartition("/")[2].lower()):
        return LinkKind.POST
    return get_verb_kind(call) or LinkKind.OTHER
