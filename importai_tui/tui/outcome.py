"""What a sync has brought, in the words that the reader is told. Pure."""

from __future__ import annotations

from collections.abc import Callable

from importai_tui.keymap import COMMANDS
from importai_tui.sync.progress import Report
from importai_tui.tui.reading.footer import first_key
from importai_tui.tui.reading.job_status import Errand
from importai_tui.wording import plural

MANY_MISSING = 20
"""So many numbers may be missing before the back catalogue is spoken of: a few gaps are the newsletter's own."""

_SYNC_AGAIN = "run the sync again"
"""What an error of a source advises; in the reader a key does it."""


def with_default_key(id: str, words: str) -> str:
    """A few words after the first default key of the command that they tell of."""
    key = first_key(COMMANDS, id)
    return f"{key} {words}" if key else ""


def said(
    report: Report,
    errand: Errand,
    *,
    guide: bool = False,
    hint: bool = False,
    with_key: Callable[[str, str], str] = with_default_key,
) -> str:
    """One line about what came in; empty if there is nothing to show.

    Args:
        report: what the sync did.
        errand: what it was for; if the user did not ask for it, only what came in is shown.
        guide: the guide is open, and the issues are elsewhere.
        hint: the key for the back catalogue may be named, where much is missing.
        with_key: puts the key of a command before some words; gives nothing if the command has none.
    """
    line = _line(report, guide=guide, with_key=with_key)
    if not (report.new or report.updated or report.stopped) and (errand is Errand.AT_START or report.errors):
        return ""
    if gap := report.new and len(report.gap):
        line += f" {gap:,} {'were' if gap > 1 else 'was'} missing behind the feed."
    if hint and wants_catalogue(report, errand):
        way = with_key("sync.all", "brings in the whole back catalogue")
        line += f" {len(report.missing):,} are missing{f': {way}' if way else ''}."
    return line


def wants_catalogue(report: Report, errand: Errand) -> bool:
    """Whether so much is missing that the whole back catalogue is worth a word."""
    return errand is not Errand.CATALOGUE and not report.stopped and len(report.missing) > MANY_MISSING


def complaints(
    report: Report, errand: Errand, *, with_key: Callable[[str, str], str] = with_default_key
) -> tuple[str, ...]:
    """What went wrong, and what came otherwise than it should, a sentence each.

    After a sync that the user did not ask for, it is not said that there is no network, nor what is no error.
    """
    key = with_key("sync.all" if errand is Errand.CATALOGUE else "sync", "again")

    def in_the_reader(error: str) -> str:
        return error.replace(_SYNC_AGAIN, f"press {key}") if key else error

    if errand is Errand.AT_START:
        return tuple(in_the_reader(each.error) for each in report.failed if each.error and not each.offline)
    others = dict.fromkeys(source.alternative for source in report.failed if source.alternative)
    ways = (f'The same issues come from {other}: add "{other}" to sync.sources in config.toml.' for other in others)
    passed_over = report.passed_over if errand is Errand.CATALOGUE else ""
    return tuple(filter(None, (*map(in_the_reader, report.errors), *ways, *report.remarks, passed_over)))


def is_offline(report: Report) -> bool:
    """Whether no network reached some source."""
    return any(source.offline for source in report.sources)


def _line(report: Report, *, guide: bool, with_key: Callable[[str, str], str]) -> str:
    new, updated = report.new, report.updated
    if guide and new:
        way = with_key("guide", f"goes to {'them' if new > 1 else 'it'}")
        here = f"{plural(new, 'issue')} {'are' if new > 1 else 'is'} here{f': {way}' if way else ''}."
        return f"Stopped. {here}" if report.stopped else here
    if report.stopped:
        return f"Stopped. {plural(new, 'new issue')} {'are' if new > 1 else 'is'} here." if new else "Stopped."
    if not updated:
        return f"{plural(new, 'new issue')}." if new else "Nothing new."
    edited = f"{plural(updated, 'issue')} {'were' if updated > 1 else 'was'} edited."
    return f"{plural(new, 'new issue')}. {edited}" if new else edited
