from __future__ import annotations

import pytest

from importai_tui.works.venues import VenueKind, classify_venue


@pytest.mark.parametrize(
    ("venue", "kind"),
    [
        ("Nature", VenueKind.JOURNAL),
        ("Journal of Rivers 12 (2024)", VenueKind.JOURNAL),
        ("ICLR 2025 Poster", VenueKind.PROCEEDINGS),
        ("NeurIPS 2024 Datasets and Benchmarks Track", VenueKind.PROCEEDINGS),
        ("Proceedings of the 62nd Annual Meeting of Otters", VenueKind.PROCEEDINGS),
        ("Advances in Neural Information Processing Systems", VenueKind.PROCEEDINGS),
        ("Proceedings of the National Academy of Sciences", VenueKind.JOURNAL),
        ("Proceedings of the IEEE", VenueKind.JOURNAL),
        ("Journal of the University of Otters", VenueKind.JOURNAL),
        ("Big Data & Society", VenueKind.JOURNAL),
        ("Zenodo", VenueKind.SITE),
        ("Cold Spring Harbor Laboratory", VenueKind.SITE),
        ("bioRxiv", VenueKind.PREPRINTS),
        ("Cold Spring Harbor Laboratory (medRxiv)", VenueKind.PREPRINTS),
        ("CoRR 2024", VenueKind.PREPRINTS),
        ("Submitted to ICLR 2025", VenueKind.SITE),
        ("ICLR 2025 Conference Withdrawn Submission", VenueKind.SITE),
    ],
)
def test_the_kind_of_a_cited_venue(venue: str, kind: VenueKind) -> None:
    assert classify_venue(venue, is_cited_publication=True) is kind


@pytest.mark.parametrize("venue", ["Otter Labs", "Nature", "Substack", "Chi Omega"])
def test_a_name_alone_is_only_a_site(venue: str) -> None:
    assert classify_venue(venue, is_cited_publication=False) is VenueKind.SITE


def test_some_names_say_that_they_are_journals() -> None:
    assert classify_venue("Accepted by TMLR", is_cited_publication=False) is VenueKind.JOURNAL
