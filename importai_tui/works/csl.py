"""Works as CSL-JSON, as Zotero and pandoc read it; the words are those of CSL 1.0.2, appendices III and IV."""

from __future__ import annotations

from typing import Any

from importai_tui.issue import LinkKind
from importai_tui.works.keys import key_of
from importai_tui.works.known import known
from importai_tui.works.work import Work

_TYPES = {
    # Whether a journal has taken it is not known; this type asks for none.
    LinkKind.PAPER: "article",
    LinkKind.CODE: "software",
    LinkKind.MODEL: "software",
    LinkKind.DATASET: "dataset",
    LinkKind.POST: "post-weblog",
    LinkKind.ISSUE: "post-weblog",
    LinkKind.SOCIAL: "post",
    LinkKind.VIDEO: "motion_picture",
    LinkKind.NEWS: "webpage",
    LinkKind.OTHER: "webpage",
}


def item(work: Work) -> dict[str, Any]:
    """One work as an item; a document is a list of items."""
    facts = known(work)
    kind = LinkKind.PAPER if facts.eprint else work.kind
    told: dict[str, Any] = {"id": key_of(work.work), "type": _TYPES[kind], "title": facts.title}
    if facts.year and facts.month:
        told["issued"] = {"date-parts": [[facts.year, facts.month]]}
    if facts.eprint:
        # The last two as Zotero writes them, so that it recognises an item that it has.
        told |= {"archive": "arXiv", "archive_location": facts.eprint}
        told |= {"number": f"arXiv:{facts.eprint}", "genre": "preprint"}
    others = {"DOI": facts.doi, "container-title": facts.site, "URL": facts.url, "note": facts.note}
    return told | {name: value for name, value in others.items() if value}
