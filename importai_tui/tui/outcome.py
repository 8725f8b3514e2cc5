"""What a sync has brought, in the words that the reader is told. Pure."""

from __future__ import annotations

from importai_tui.sync.report import Report
from importai_tui.tui.page.underway import Errand

MANY_MISSING = 20
"""So many numbers may be missing before the back catalogue is spoken of: a few gaps are the newsletter's own."""


def said(report: Report, errand: Errand, *, guide: bool = False, hint: bool = False) -> str:
    """One line about what came in; empty where nobody needs to be told.

    Args:
        report: what the sync did.
        errand: what it was for; of one that nobody has asked for, only what came in is told.
        guide: the reader sits in the guide, and the issues are elsewhere.
        hint: the key for the back catalogue may be named, where much is missing.
    """
    line = _line(report, guide=guide)
    if not (report.new or report.updated or report.stopped) and (errand is Errand.AT_START or report.errors):
        return ""
    if gap := report.new and len(report.gap):
        line += f" {gap:,} {'were' if gap > 1 else 'was'} missing behind the feed."
    if hint and wants_catalogue(report, errand):
        line += f" {len(report.missing):,} are missing: B brings in the whole back catalogue."
    return line


def wants_catalogue(report: Report, errand: Errand) -> bool:
    """Whether so much is missing that the whole back catalogue is worth a word."""
    return errand is not Errand.CATALOGUE and not report.stopped and len(report.missing) > MANY_MISSING


def complaints(report: Report, errand: Errand) -> tuple[str, ...]:
    """What went wrong, a sentence each. That there is no network is no news to one who has not asked."""
    if errand is Errand.AT_START:
        return tuple(source.error for source in report.sources if source.error and not source.offline)
    return report.errors


def is_offline(report: Report) -> bool:
    """Whether no network reached some source."""
    return any(source.offline for source in report.sources)


def _line(report: Report, *, guide: bool) -> str:
    new, updated = report.new, report.updated
    if guide and new:
        here = f"{_issues(new)} {'are' if new > 1 else 'is'} here: ctrl+g goes to {'them' if new > 1 else 'it'}."
        return f"Stopped. {here}" if report.stopped else here
    if report.stopped:
        return f"Stopped. {_issues(new, 'new')} {'are' if new > 1 else 'is'} here." if new else "Stopped."
    if not updated:
        return f"{_issues(new, 'new')}." if new else "Nothing new."
    edited = f"{_issues(updated)} {'were' if updated > 1 else 'was'} edited."
    return f"{_issues(new, 'new')}. {edited}" if new else edited


def _issues(count: int, word: str = "") -> str:
    noun = "issue" if count == 1 else "issues"
    return " ".join(part for part in (f"{count:,}", word, noun) if part)
