"""Classifies venues: a journal, the proceedings of a conference, a preprint server, or a site.

A card names the venue of a work, and not its kind. Only a venue that certainly is a journal or a conference makes a
work a journal article or a conference paper.
"""

from __future__ import annotations

import re
from enum import Enum, auto


class VenueKind(Enum):
    """The kind of a venue."""

    JOURNAL = auto()
    PROCEEDINGS = auto()
    PREPRINTS = auto()
    """A server of preprints: bioRxiv."""
    SITE = auto()
    """Anything else: a site, a publisher, or a conference that a paper was only submitted to."""


# Not compiled here, because most commands list works without cards.
_NOT_PUBLISHED = r"(?i)\b(submi(?:tted|ssions?)|under review|in review|withdrawn|rejected|blind)\b"
_JOURNAL_PROCEEDINGS = (
    r"(?i)\bproceedings of the (national academy|royal society|vldb endowment|acm on |ieee$|institution of )"
)
"""Journals with a name like that of a conference."""
_PREPRINTS = (
    r"(?i)\b(arxiv|corr|biorxiv|medrxiv|chemrxiv|techrxiv|psyarxiv|socarxiv|engrxiv|edarxiv|ssrn|preprints?(?:\.org)?"
    r"|research square|osf)\b"
)
_PROCEEDINGS = (
    r"(?i)\b(proceedings|proc\.|conference|workshop|symposium|lecture notes in|findings of the association"
    r"|advances in neural information processing systems)"
    # Conferences that are known by their letters, as in "ICLR 2025 Poster".
    r"|\b(?-i:ICLR|ICML|NeurIPS|NIPS|COLM|CoRL|AISTATS|UAI|COLT|AAAI|IJCAI|CVPR|ICCV|ECCV|WACV|ACL|EMNLP|NAACL|EACL"
    r"|COLING|INTERSPEECH|Interspeech|ICASSP|ICRA|IROS|RSS|KDD|SIGIR|SIGGRAPH|USENIX|CHI|FAccT|MLSys|LREC)\b"
)
_REPOSITORY = (
    r"(?i)\b(zenodo|figshare|dryad|dataverse|hal|pangaea|mendeley data|hugging face|github|university|institut\w*"
    r"|laborator(?:y|ies)|library|press|foundation|corporation|inc|ltd)\b"
)
"""Publishers of data and reports, which a bibliography may name in place of a venue."""
_JOURNAL = r"(?i)\b(journal|transactions|annals|(?-i:TMLR|JMLR|TACL|PNAS))\b"


def classify_venue(venue: str, *, is_cited_publication: bool) -> VenueKind:
    """Return the kind of a venue.

    Args:
        venue: its name.
        is_cited_publication: a publisher's DOI or a journal reference says that the work was published there.
    """
    if re.search(_NOT_PUBLISHED, venue):
        return VenueKind.SITE
    if re.search(_JOURNAL_PROCEEDINGS, venue):
        return VenueKind.JOURNAL
    if re.search(_PROCEEDINGS, venue):
        return VenueKind.PROCEEDINGS
    if re.search(_PREPRINTS, venue):
        return VenueKind.PREPRINTS
    if re.search(_JOURNAL, venue):
        return VenueKind.JOURNAL
    return VenueKind.JOURNAL if is_cited_publication and not re.search(_REPOSITORY, venue) else VenueKind.SITE
