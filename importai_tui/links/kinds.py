"""What a link leads to: by its address where that is certain, else by the words around it."""

from __future__ import annotations

import re

from importai_tui.call_verbs import kind_of_verb
from importai_tui.issue import LinkKind
from importai_tui.links.addresses import host_of, path_of
from importai_tui.links.hosts import kind_of_host
from importai_tui.links.issues import is_front_page, is_issue, issue_number
from importai_tui.links.junk import is_junk
from importai_tui.links.said import called_for, kind_by_source, one_of
from importai_tui.links.vetting import LONGEST_ADDRESS
from importai_tui.links.works import original, work_id

_POST_PATH = re.compile(
    r"(?i)/(?:blogs?|posts?|p|news|newsroom|research|index|articles?|essays?|writing|engineering|story|stories)(?:/|$)"
)
_PAPER_PATH = re.compile(r"(?i)/(?:papers?|publications?|pubs|manuscripts?|preprints?|reports?|abs|doi)(?:/|$)")
_PICTURE = re.compile(r"(?i)\.(?:png|jpe?g|gif|svg|webp)$")
_SLUG = re.compile(r"(?<![a-z0-9])[a-z0-9]+(?:-[a-z0-9]+){3,}")
"""Four words with hyphens between them: the title of something written."""
_DATA = re.compile(r"(?i)\bdata ?sets?\b")
_HF_DATA = re.compile(r"(?i)data|bench|corpus|archive|collection")


def kind_of(url: str | None, text: str = "", before: str = "") -> LinkKind:
    """What a link leads to. `text` is what is underlined, `before` the call before it ("Get the dataset here:")."""
    if is_issue(url) or (is_front_page(url) and issue_number(text) is not None):
        return LinkKind.ISSUE
    if is_junk(url, text):
        return LinkKind.OTHER
    call = _call(text, before)
    if url is None or len(url) > LONGEST_ADDRESS:
        said = _by_words(text, call)
        if said is LinkKind.CODE and _is_written(text, call):
            return LinkKind.POST
        return said or kind_of_verb(call) or LinkKind.OTHER
    url = original(url)
    if kind := _by_address(url, text, call):
        return kind
    said = _by_words(text, call)
    if said is LinkKind.CODE and one_of(called_for(call)) is not LinkKind.CODE:
        said = LinkKind.OTHER  # a project's page that a forge serves: "Humanoids (GitHub)" at humanoids.github.io
    if said is LinkKind.OTHER and path_of(url).strip("/") and not called_for(call):
        said = None  # something on a project's own site, that is not its front page
    return said or _by_path(url, call)


_HERE = re.compile(r"(?i)\bhere\b\W*$")


def _call(text: str, before: str) -> str:
    """The call with what of it is underlined: in "Get the [code and models here] (GitHub)" the link holds its end."""
    named = " ".join(text.partition("(")[0].split())
    if _HERE.search(named) or not before.rstrip().endswith((":", "here")):
        return f"{before} {_HERE.sub('', named)}".strip() if before else named
    return before


_LONG_NAME = 4
"""Words from which on a name is the title of something written, as in a slug."""


def _is_written(text: str, call: str) -> bool:
    """Whether something on a forge is there to be read: "Read more: How to Tame an Optimizer (GitHub)"."""
    name = text.rpartition("(")[0].partition(":")[0]
    return len(name.split()) >= _LONG_NAME and not called_for(call) and kind_of_verb(call) is LinkKind.POST


def _by_address(url: str, text: str, call: str) -> LinkKind | None:
    """What the address alone decides, or together with the words where a site has two kinds of things."""
    work, host, path = work_id(url) or "", host_of(url) or "", path_of(url)
    if work.startswith("arxiv:"):
        return LinkKind.PAPER
    if work.startswith("doi:"):
        return _of_doi(work.removeprefix("doi:"), call)
    if _PICTURE.search(path):
        return LinkKind.OTHER
    if path.lower().endswith(".pdf"):
        return LinkKind.PAPER
    if work.startswith("github:"):
        return _of_repository(text, call)
    if host in ("huggingface.co", "hf.co"):
        return _of_hugging_face(path, text, call)
    return kind_of_host(host)


def _of_doi(doi: str, call: str) -> LinkKind:
    """A DOI is a paper's, but for the archive of data and code that gives one to everything, and Nature's news."""
    if doi.startswith("10.5281/"):
        return one_of(called_for(call)) or LinkKind.DATASET
    return LinkKind.NEWS if doi.startswith("10.1038/d41586-") else LinkKind.PAPER


def _of_repository(text: str, call: str) -> LinkKind:
    """Code, unless the words ask for a data set or a model and for nothing else."""
    asked = one_of(called_for(call))
    if asked in (LinkKind.DATASET, LinkKind.MODEL):
        return asked
    return LinkKind.DATASET if _DATA.search(text) and asked is None else LinkKind.CODE


def _of_hugging_face(path: str, text: str, call: str) -> LinkKind:
    first = path.strip("/").partition("/")[0]
    match first:
        case "datasets":
            return LinkKind.DATASET
        case "blog" | "posts" | "learn" | "docs":
            return LinkKind.POST
        case "spaces" | "chat" | "tasks" | "":
            return LinkKind.OTHER
        case "collections":
            return _model_or_data(text, call)
        case _:
            return LinkKind.MODEL


def _model_or_data(text: str, call: str) -> LinkKind:
    asked = one_of(called_for(call))
    if asked in (LinkKind.DATASET, LinkKind.MODEL):
        return asked
    return LinkKind.DATASET if _HF_DATA.search(text.rpartition("(")[0] or text) else LinkKind.MODEL


def _by_words(text: str, call: str) -> LinkKind | None:
    """What the source behind the title and the call before it say."""
    source, asked = kind_by_source(text), one_of(called_for(call))
    match source:
        case LinkKind.CODE if asked is not LinkKind.POST and asked is not LinkKind.PAPER:
            return _of_repository(text, call)
        case LinkKind.CODE:
            return asked  # "Read the paper: On Sheep (GitHub)"
        case LinkKind.MODEL:
            return LinkKind.OTHER if re.search(r"(?i)\bdemo\b", call) else _model_or_data(text, call)
        case None:
            return asked
        case LinkKind.OTHER if asked is LinkKind.VIDEO:
            return source  # pictures and videos on somebody's own site
        case LinkKind.OTHER | LinkKind.POST:
            return asked or source
        case _:
            return source


def _by_path(url: str, call: str) -> LinkKind:
    """What the path looks like, where neither the site nor the words say anything."""
    path = path_of(url)
    if _PAPER_PATH.search(path):
        return LinkKind.PAPER
    if _POST_PATH.search(path) or _SLUG.search(path.rpartition("/")[2].lower()):
        return LinkKind.POST
    return kind_of_verb(call) or LinkKind.OTHER
