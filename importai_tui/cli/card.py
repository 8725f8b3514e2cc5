"""The command `card`: prints the card of a cited work, which is fetched once and then stored."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import click

from importai_tui.archive.relations import CitedWorks
from importai_tui.cli.completion import complete_ref
from importai_tui.cli.constants import EXIT_INTERRUPTED, PROGRAM
from importai_tui.cli.context import CliContext, upgrade_archive
from importai_tui.cli.options import NumberRange, json_option
from importai_tui.cli.show import find_link
from importai_tui.errors import NotFoundError, ReaderError
from importai_tui.links.classify import classify_link
from importai_tui.links.work_ids import get_work_id, get_work_url
from importai_tui.model import LinkKind
from importai_tui.output.console import get_columns, print_json, print_lines, print_status, show_progress
from importai_tui.parse.clean import clean_line
from importai_tui.query.fields import parse_cites
from importai_tui.query.pasted import parse_pasted_work, parse_ref
from importai_tui.works.card import CardTarget

if TYPE_CHECKING:
    from importai_tui.cards.report import CardReport
    from importai_tui.library.library import Library
    from importai_tui.sync.progress import Progress
    from importai_tui.works.card import Card

_ID = re.compile(r"(?:arxiv|doi|github|hf|https?|title):.+")
_FORMS = "an arXiv id, a DOI, owner/repo or a URL, or REF N for a link."
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)


@click.command()
@click.argument("work", metavar="WORK|REF", shell_complete=complete_ref)
@click.argument("n", type=NumberRange(1), required=False)
@click.option("--refresh", is_flag=True, help="Fetch the card again.")
@click.option("--offline", is_flag=True, help="Only show a stored card, fetch nothing.")
@json_option
@click.pass_context
def card(ctx: click.Context, work: str, n: int | None, refresh: bool, offline: bool, as_json: bool) -> None:
    """Show what is behind a link: authors, abstract or README.

    WORK is an arXiv id, a DOI, owner/repo or a URL, cited or not. With REF and N, it is link N of a story or an issue,
    with the numbers of `importai-tui links REF`. A card is fetched once and then stored.
    """
    cli: CliContext = ctx.obj
    if refresh and offline:
        raise click.UsageError("Choose only one of --refresh and --offline.", ctx)
    with cli.open_library(with_state=False) as library:
        upgrade_archive(cli, library)
        wanted = find_work(library, clean_line(work)) if n is None else find_linked_work(library, work, n)
    shown = _get_stored_card(cli, wanted.target.work)
    problem = ""
    report: CardReport | None = None
    if offline:
        problem = "" if shown else f"No stored card for {work}. Fetch it without --offline."
    elif refresh or shown is None:
        report = _fetch_card(cli, wanted.target, refresh=refresh)
        problem = report.get_error(wanted.target.work) or ""
        shown = report.unsaved.get(wanted.target.work) or _get_stored_card(cli, wanted.target.work)
    if shown:
        _print_card(cli, shown, wanted.cited_by, as_json=as_json)
        if problem and not (report and report.unsaved):
            problem = f"{problem} This is the card of {shown.fetched_at[:10]}."
    if problem:
        print_status(f"{PROGRAM}: {problem}")
    if report and report.is_stopped:
        print_status("Stopped.")
        ctx.exit(EXIT_INTERRUPTED)
    if problem:
        ctx.exit(1)


class WantedWork(NamedTuple):
    """A work, and the references of the stories that cite it."""

    target: CardTarget
    cited_by: tuple[str, ...]


def find_work(library: Library, text: str) -> WantedWork:
    """Return the work that a text names, whether it is cited or not.

    Raises:
        NotFoundError: it names none.
    """
    ids = _parse_work(text)
    with CitedWorks(library.archive.path) as cited:
        found = cited.get(ids)
        if not found and any(id.startswith("hf:") for id in ids):  # their case is kept, but does not matter
            folded = {id.casefold() for id in ids}
            found = {work.id: work for work in cited.get_all() if work.id.casefold() in folded}
    for work in found.values():
        return WantedWork(CardTarget(work.id, work.url, work.kind), work.cited_by)
    url = get_work_url(ids[0])
    if classify_link(url) is LinkKind.ISSUE:
        raise NotFoundError(f"This is an issue of the newsletter, not a work. See the issues: {PROGRAM} list")
    return WantedWork(CardTarget(ids[0], url, classify_link(url)), ())


def _parse_work(text: str) -> tuple[str, ...]:
    """Return the ids that a text may mean, the most likely first."""
    if parse_ref(text):
        raise NotFoundError(f"To see the card of a link, add its number: {PROGRAM} card {text} 1")
    condition = parse_pasted_work(text) or parse_cites(text)
    id = str(getattr(condition, "work", ""))
    if _ID.fullmatch(id):
        return (f"hf:{text[3:]}", id) if id.startswith("hf:") and text[:3].lower() == "hf:" else (id,)
    if _REPOSITORY.fullmatch(text):
        return (f"github:{text.lower()}", f"hf:{text}")
    if not text:
        raise NotFoundError(f"Name a work: {_FORMS}")
    raise NotFoundError(f"Not a work: {text}. Use {_FORMS}")


def find_linked_work(library: Library, ref: str, n: int) -> WantedWork:
    """Return the work of link N of a story or an issue. Raises NotFoundError."""
    link, _ = find_link(library, ref, n)
    if link.kind is LinkKind.ISSUE:
        raise NotFoundError(f"Link {n} leads to an issue of the newsletter. Open it: {PROGRAM} open {ref} {n}")
    target = CardTarget(link.work or get_work_id(link.url) or "", link.url, link.kind)
    with CitedWorks(library.archive.path) as cited:
        work = cited.get([target.work]).get(target.work)
    return WantedWork(target, work.cited_by if work else ())


def _get_stored_card(cli: CliContext, work: str) -> Card | None:
    with cli.open_cards() as store:
        return store.get(work)


def _fetch_card(cli: CliContext, target: CardTarget, *, refresh: bool) -> CardReport:
    """Fetch a card, and return the report; an error is in it."""
    from importai_tui.cards.report import CardReport

    cli.warn_about_config()  # a wrong value of links.cards does not switch cards off

    def show_step(step: Progress) -> None:
        show_progress(step.note or f"Fetching from {step.source}…")

    try:
        return cli.make_card_fetch([target], show_step, refresh).run()
    except ReaderError as error:
        return CardReport(failed={target.work: str(error)})
    finally:
        show_progress("")


def _print_card(cli: CliContext, card: Card, cited_by: tuple[str, ...], *, as_json: bool) -> None:
    if as_json:
        from importai_tui.output.json import card_json

        print_json(card_json(card, cited_by))
    else:
        from importai_tui.output.card import format_card_lines

        print_lines(format_card_lines(card, cited_by, get_columns()), hyperlinks=cli.has_hyperlinks())
