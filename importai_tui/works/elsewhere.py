"""Where else a cited work can be seen: as a PDF, as it was on a day, or where one may look for it. Pure."""

from __future__ import annotations

from urllib.parse import quote, urlencode, urlsplit

_ARXIV = "arxiv:"


def archived(url: str, day: str | None) -> str:
    """The copy in the Wayback Machine nearest to a day, YYYY-MM-DD; of an unknown day the newest.

    It leads from a beginning of its fourteen digits to the nearest copy (archive.org/help, "Wayback Machine").
    """
    when = f"{day.replace('-', '')}/" if day else ""
    return f"https://web.archive.org/web/{when}{url}"


def other_form(work: str | None, url: str) -> str | None:
    """The PDF of a paper on arXiv, its abstract page where the address is that of the PDF; None for anything else."""
    if not (work and work.startswith(_ARXIV)):
        return None
    eprint = quote(work.removeprefix(_ARXIV), safe="/.")
    is_pdf = urlsplit(url).path.startswith("/pdf/")
    return f"https://arxiv.org/{'abs' if is_pdf else 'pdf'}/{eprint}"


def on_arxiv(title: str) -> str:
    """A search for a title on arXiv."""
    return "https://arxiv.org/search/?" + urlencode({"query": title, "searchtype": "title"})


def on_the_web(title: str) -> str:
    """A search for a title everywhere, as these words in this order."""
    words = title.replace('"', " ")
    return "https://duckduckgo.com/?" + urlencode({"q": f'"{words}"'})
