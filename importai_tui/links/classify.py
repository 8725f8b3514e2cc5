"""Classifies links: the URL decides if it is certain, else the words around the link do.

The words are the source in parentheses, "(GitHub)", and the call to action before the link, "Get the code here:".
"""

from __future__ import annotations

import re
from functools import lru_cache

from importai_tui.links.call_verbs import ANY_VERB, CALL_PREFIX, get_verb_kind
from importai_tui.links.urls import (
    MAX_HOST_LENGTH,
    MAX_URL_LENGTH,
    find_issue_number,
    get_host,
    get_path,
    is_issue_url,
    is_newsletter_front_page,
    split_url,
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
    (LinkKind.SOCIAL, r".*\btwitter|x|bluesky|linkedin|facebook post|mastodon|reddit|tweet|hacker news"),
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
_MAX_SOURCE_LENGTH = 80
"""Characters; the longest source in the corpus has 51."""
_NOUNS = (
    (LinkKind.CODE, r"code|codes|codebase|repo|repository|software|library|framework|implementation"),
    (LinkKind.DATASET, r"data ?sets?|data|corpus|corpora"),
    (LinkKind.MODEL, r"models?|weights|checkpoints?"),
    (LinkKind.VIDEO, r"videos?|trailer|footage"),
    (LinkKind.SOCIAL, r"tweets?|tweet ?(?:thread|storm)|thread"),
    (LinkKind.POST, r"blog|blog ?posts?|post|essay|article|announcement|newsletter"),
    (LinkKind.PAPER, r"(?:research )?papers?|pre-?print|report|study|survey|thesis"),
)
_NOUN_PATTERNS = tuple((kind, re.compile(rf"\b(?:{words})\b")) for kind, words in _NOUNS)
_OTHER_NOUN = re.compile(
    r"(?:\b[\w-]+ )?\b(?:web ?sites?|sites?|pages?|leaderboards?|demos?|games?|dashboards?|transcripts?)\b"
)
"""Nouns of the kind OTHER, with the word before them, which may name another kind: "the paper website"."""
_CALL = re.compile(rf"^{CALL_PREFIX}(?P<verb>{ANY_VERB}|all of)\b(?: \w+ and (?:{ANY_VERB})\b)?(?P<object>[^:]*)")
_MAX_CALL_LENGTH = 300
"""Characters; twice the longest call in the corpus."""
_OBJECT_END = re.compile(r"\b(?:for|from|about|of|behind|with|by|on|that|which|using|running|to)\b")
"""Words that end the object of a call: "the code for running the model" is code."""
_FINAL_HERE = re.compile(r"(?i)\bhere\b\W*$")
_MIN_TITLE_WORDS = 4
"""Words; a name this long is the title of an article, as in a slug."""
_HOSTS_BY_KIND = {
    LinkKind.PAPER: "openreview.net biorxiv.org medrxiv.org nature.com science.org pnas.org aclanthology.org aclweb.org"
    " ssrn.com papers.ssrn.com proceedings.mlr.press papers.nips.cc papers.neurips.cc proceedings.neurips.cc dl.acm.org"
    " ieeexplore.ieee.org link.springer.com sciencedirect.com cell.com semanticscholar.org osf.io nber.org"
    " journals.plos.org arxiv.org alphaxiv.org jmlr.org openaccess.thecvf.com mdpi.com bmj.com frontiersin.org"
    " tandfonline.com onlinelibrary.wiley.com journals.sagepub.com academic.oup.com jamanetwork.com thelancet.com"
    " iopscience.iop.org royalsocietypublishing.org distill.pub chemrxiv.org psyarxiv.com hal.science eprint.iacr.org",
    LinkKind.CODE: "github.com gitlab.com bitbucket.org codeberg.org gitee.com git.sr.ht gist.github.com"
    " gist.githubusercontent.com raw.githubusercontent.com colab.research.google.com pypi.org npmjs.com",
    LinkKind.DATASET: "kaggle.com zenodo.org figshare.com",
    LinkKind.VIDEO: "youtube.com youtu.be vimeo.com m.youtube.com youtube-nocookie.com twitch.tv",
    LinkKind.SOCIAL: "twitter.com x.com bsky.app mastodon.social linkedin.com reddit.com facebook.com threads.net"
    " news.ycombinator.com nitter.net xcancel.com instagram.com tiktok.com",
    LinkKind.NEWS: "nytimes.com wsj.com ft.com bloomberg.com reuters.com theverge.com wired.com bbc.co.uk bbc.com"
    " theguardian.com washingtonpost.com technologyreview.com economist.com cnbc.com axios.com politico.com politico.eu"
    " theinformation.com techcrunch.com arstechnica.com scmp.com semafor.com time.com theatlantic.com apnews.com"
    " cnn.com forbes.com vox.com newyorker.com theregister.com venturebeat.com spectrum.ieee.org npr.org fortune.com"
    " businessinsider.com yahoo.com vice.com theintercept.com quantamagazine.org newscientist.com sciencenews.org"
    " nikkei.com latimes.com engadget.com zdnet.com gizmodo.com qz.com defenseone.com breakingdefense.com 404media.co"
    " restofworld.org techradar.com tomshardware.com",
    LinkKind.POST: "lesswrong.com alignmentforum.org greaterwrong.com medium.com substack.com wordpress.com"
    " blogspot.com ghost.io openai.com anthropic.com",
}
_KIND_BY_HOST = {host: kind for kind, hosts in _HOSTS_BY_KIND.items() for host in hosts.split()}
_FILE_NAME = re.compile(
    r"(?i)^[\w.-]+\.(?:json|jsonl|txt|ya?ml|toml|csv|tsv|ipynb|js|tsx?|jsx|cpp|hpp|tex|html?|xml|cfg|ini|lock|log|env"
    r"|parquet|safetensors|gguf|onnx|pdf|png|jpe?g|gif|svg|exe|dll|kt|hs|lua)$"
)
"""File names whose extension is no top-level domain (https://data.iana.org/TLD/tlds-alpha-by-domain.txt)."""
_PY_OR_MD_FILE = re.compile(r"(?i)^[\w-]+\.(?:py|md)$")
"""Two labels only, because nearly all sites of Paraguay are below com.py and org.py."""
_COMMON_FILE_NAME = re.compile(
    r"(?i)^(?:main|mod|run|train|setup|install|build|tests?|script|start|deploy|entrypoint|index|utils|config|models?"
    r"|data|eval|demo|init|bootstrap|[\w-]*_[\w-]*)\.(?:sh|rs|pl|so|cc|ps|mk|tf|zip|mov)$"
)
_POST_PATH = re.compile(
    r"(?i)/(?:blogs?|posts?|p|news|newsroom|research|index|articles?|essays?|writing|engineering|story|stories)(?:/|$)"
)
_PAPER_PATH = re.compile(r"(?i)/(?:papers?|publications?|pubs|manuscripts?|preprints?|reports?|abs|doi)(?:/|$)")
_IMAGE_FILE = re.compile(r"(?i)\.(?:png|jpe?g|gif|svg|webp)$")
_TITLE_SLUG = re.compile(r"(?<![a-z0-9])[a-z0-9]+(?:-[a-z0-9]+){3,}")
"""Four words joined by hyphens: the title of an article."""
_DATASET_WORD = re.compile(r"(?i)\bdata ?sets?\b")
_HF_DATASET_NAME = re.compile(r"(?i)data|bench|corpus|archive|collection")


def classify_link(url: str | None, text: str = "", before: str = "") -> LinkKind:
    """Return the kind of a link. `text` is the link text, `before` the call before it ("Get the dataset here:")."""
    if is_issue_url(url) or (is_newsletter_front_page(url) and find_issue_number(text) is not None):
        return LinkKind.ISSUE
    if is_file_name_link(url, text):
        return LinkKind.OTHER
    call = _join_call(text, before)
    if url is None or len(url) > MAX_URL_LENGTH:
        kind = _classify_words(text, call)
        if kind is LinkKind.CODE and _is_article(text, call):
            return LinkKind.POST
        return kind or get_verb_kind(call) or LinkKind.OTHER
    url = get_original_url(url)
    if kind := _classify_url(url, text, call):
        return kind
    kind = _classify_words(text, call)
    if kind is LinkKind.CODE and _get_single_kind(_find_kinds_in_call(call)) is not LinkKind.CODE:
        kind = LinkKind.OTHER  # a project page hosted by a forge: "Humanoids (GitHub)" at humanoids.github.io
    if kind is LinkKind.OTHER and get_path(url).strip("/") and not _find_kinds_in_call(call):
        kind = None  # a page within a project's own site
    return kind or _classify_path(url, call)


def is_file_name_link(url: str | None, text: str) -> bool:
    """Return True if a link is a file name that a mail program turned into a URL: `profile.py`, `README.md`.

    Some file extensions are countries' domains (.py is Paraguay, .md Moldova, .sh Saint Helena). So for those the link
    text must be the bare host, and the host must look like a file name.
    """
    parts = split_url(url) if url else None
    if parts is None or parts.path.strip("/") or parts.query or parts.port is not None:
        return False
    host = (parts.hostname or "").removeprefix("www.")
    if len(host) > MAX_HOST_LENGTH:
        return False
    if _FILE_NAME.match(host):
        return True
    words = text.strip(" \n\t`'\"“”‘’.,;:()").casefold().removeprefix("http://").removeprefix("https://").rstrip("/")
    return words == host and bool(_PY_OR_MD_FILE.match(host) or _COMMON_FILE_NAME.match(host))


def _join_call(text: str, before: str) -> str:
    """Return the call with its end if that is in the link text: "Get the [code and models here] (GitHub)"."""
    name = " ".join(text.partition("(")[0].split())
    if _FINAL_HERE.search(name) or not before.rstrip().endswith((":", "here")):
        return f"{before} {_FINAL_HERE.sub('', name)}".strip() if before else name
    return before


@lru_cache(maxsize=64)
def _find_kinds_in_call(call: str) -> frozenset[LinkKind]:
    """Return the kinds that a call names: "Get the code and weights here" names code and a model.

    Cached, because classifying one link may need it four times.
    """
    match = _CALL.match(" ".join(call.casefold().split())) if len(call) <= _MAX_CALL_LENGTH else None
    if match is None:
        return frozenset()
    phrase = match["object"]
    if match["verb"] in ("watch", "view", "see") or not re.match(r" (?:more|about|how)\b", phrase):
        phrase = _OBJECT_END.split(phrase, maxsplit=1)[0] or phrase
    rest, other_nouns = _OTHER_NOUN.subn(" ", phrase)
    kinds = frozenset(kind for kind, pattern in _NOUN_PATTERNS if pattern.search(rest))
    return kinds or (frozenset({LinkKind.OTHER}) if other_nouns else kinds)


def _get_single_kind(kinds: frozenset[LinkKind]) -> LinkKind | None:
    """Return the only kind; None if there is none or if there are several."""
    return next(iter(kinds)) if len(kinds) == 1 else None


def _is_article(text: str, call: str) -> bool:
    """Return True if a link to a forge leads to an article: "Read more: How to Tame an Optimizer (GitHub)"."""
    name = text.rpartition("(")[0].partition(":")[0]
    return (
        len(name.split()) >= _MIN_TITLE_WORDS and not _find_kinds_in_call(call) and get_verb_kind(call) is LinkKind.POST
    )


def _classify_url(url: str, text: str, call: str) -> LinkKind | None:
    """Classify by the URL, and by the words on sites that publish several kinds; None if the URL is not enough."""
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
    return _classify_host(host)


def _classify_host(host: str) -> LinkKind | None:
    """Return the kind that nearly all pages of a host, or of a domain above it, have; None if that is not known."""
    while host:
        if host in _KIND_BY_HOST:
            return _KIND_BY_HOST[host]
        host = host.partition(".")[2]
    return None


def _classify_doi(doi: str, call: str) -> LinkKind:
    """Classify a DOI: a paper, except for Zenodo, which registers data and code too, and Nature's news."""
    if doi.startswith("10.5281/"):
        return _get_single_kind(_find_kinds_in_call(call)) or LinkKind.DATASET
    return LinkKind.NEWS if doi.startswith("10.1038/d41586-") else LinkKind.PAPER


def _classify_repository(text: str, call: str) -> LinkKind:
    """Classify a repository: code, unless the words ask only for a data set or only for a model."""
    call_kind = _get_single_kind(_find_kinds_in_call(call))
    if call_kind in (LinkKind.DATASET, LinkKind.MODEL):
        return call_kind
    return LinkKind.DATASET if _DATASET_WORD.search(text) and call_kind is None else LinkKind.CODE


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
    call_kind = _get_single_kind(_find_kinds_in_call(call))
    if call_kind in (LinkKind.DATASET, LinkKind.MODEL):
        return call_kind
    return LinkKind.DATASET if _HF_DATASET_NAME.search(text.rpartition("(")[0] or text) else LinkKind.MODEL


def _classify_words(text: str, call: str) -> LinkKind | None:
    """Classify by the source after the title and by the call before it."""
    source, call_kind = _classify_source(text), _get_single_kind(_find_kinds_in_call(call))
    match source:
        case LinkKind.CODE if call_kind is not LinkKind.POST and call_kind is not LinkKind.PAPER:
            return _classify_repository(text, call)
        case LinkKind.CODE:
            return call_kind  # "Read the paper: On Sheep (GitHub)"
        case LinkKind.MODEL:
            return LinkKind.OTHER if re.search(r"(?i)\bdemo\b", call) else _choose_model_or_dataset(text, call)
        case None:
            return call_kind
        case LinkKind.OTHER if call_kind is LinkKind.VIDEO:
            return source  # "the videos (project site)": a page with more than videos
        case LinkKind.OTHER | LinkKind.POST:
            return call_kind or source
        case _:
            return source


def _classify_source(text: str) -> LinkKind | None:
    """Return the kind that the last parenthesis of a link text names: "(Sakana.ai, PDF)", "(GitHub)"; None if unknown.

    Kinds are tried in the order of `_SOURCES`, so "(GitHub, pdf)" is a paper.
    """
    source = text.rpartition("(")[2].rstrip(" .").rstrip(")").casefold()
    if "(" not in text or len(source) > _MAX_SOURCE_LENGTH:
        return None
    names = [name.strip(" .\"'“”") for name in source.split(",")]
    return next((kind for kind, pattern in _SOURCE_PATTERNS if any(map(pattern.match, names))), None)


def _classify_path(url: str, call: str) -> LinkKind:
    """Classify by the look of the path, then by the verb of the call; the last resort."""
    path = get_path(url)
    if _PAPER_PATH.search(path):
        return LinkKind.PAPER
    if _POST_PATH.search(path) or _TITLE_SLUG.search(path.rpartition("/")[2].lower()):
        return LinkKind.POST
    return get_verb_kind(call) or LinkKind.OTHER
