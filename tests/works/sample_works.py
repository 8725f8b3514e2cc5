"""Sample works, and a Hypothesis strategy for any work."""

from __future__ import annotations

from hypothesis import strategies as st

from importai_tui.model import LinkKind
from importai_tui.works.work import Work


def make_work(
    id: str = "https://example.org/otters",
    title: str = "On Otters",
    *,
    kind: LinkKind = LinkKind.PAPER,
    url: str | None = None,
    host: str | None = "example.org",
    cited_by: tuple[str, ...] = ("402/1",),
    days: tuple[str | None, str | None] = ("2025-03-03", "2025-03-03"),
    authors: tuple[str, ...] = (),
    publisher: str = "",
    published: str | None = None,
    venue: str = "",
    doi: str | None = None,
) -> Work:
    """Return a work that these stories cite, with their issues."""
    issues = tuple(dict.fromkeys(ref.rpartition("/")[0] for ref in cited_by))
    url = f"https://{host}/otters" if url is None else url
    places = _get_places(days)
    facts = (id, kind, title, url, host, cited_by, issues, *days, *places)
    of_card = {"published": published, "venue": venue, "doi": doi}
    return Work(*facts, seen=days[0], authors=authors, publisher=publisher, **of_card)  # type: ignore[arg-type]


def _get_places(days: tuple[str | None, str | None]) -> tuple[tuple[str, int], tuple[str, int]]:
    first, last = days
    return (first or "", 402), (last or "", 402)


# Half the characters have a meaning in TeX, BibTeX or a terminal.
_ANY_TEXT = st.text(st.sampled_from('\\{}@%,="#~^&$_\n\r\x1b\x00 -/.ax1') | st.characters(exclude_categories=()))
_ANY_ID = st.one_of(
    st.from_regex(r"\A(arxiv:\d{4}\.\d{4,5}|arxiv:[a-z-]{1,8}/\d{7})\Z"),
    st.from_regex(r"\A(github|hf|doi|ssrn):[a-z0-9A-Z./_-]{1,12}\Z"),
    st.builds("https://{}".format, _ANY_TEXT),
    _ANY_TEXT.filter(bool),
)
ANY_WORK = st.builds(
    Work,
    _ANY_ID,
    st.sampled_from(LinkKind),
    _ANY_TEXT,
    _ANY_TEXT,
    st.none() | _ANY_TEXT,
    st.just(("402/1",)),
    st.lists(_ANY_TEXT, max_size=3).map(tuple),
    st.just("2025-03-03"),
    st.just("2025-03-03"),
    seen=st.just("2025-03-03"),
    authors=st.lists(_ANY_TEXT, max_size=3).map(tuple),
    publisher=_ANY_TEXT,
    published=st.none() | st.sampled_from(["2024", "2024-03", "2024-03-09"]),
    venue=_ANY_TEXT | st.sampled_from(["Journal of Rivers", "ICLR 2025", "bioRxiv", "Otter News"]),
    doi=st.none() | _ANY_TEXT,
)
"""Any work that an archive may hold, and many that it cannot hold."""
