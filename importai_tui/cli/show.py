"""The commands `list`, `show`, `links`, `open` and `mark`.

Each command imports its formatter when it runs, so that `list` and `show` start fast.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from importai_tui.cli.books import EPUB, book_options, check_book_options, get_author, write_book
from importai_tui.cli.completion import complete_ref
from importai_tui.cli.constants import NO_ISSUES_YET
from importai_tui.cli.context import CliContext, resolve_ref, upgrade_archive
from importai_tui.cli.options import NumberRange, json_option
from importai_tui.clock import utc_now
from importai_tui.errors import NotFoundError
from importai_tui.output.console import get_columns, print_data, print_json, print_lines, print_status
from importai_tui.paths import get_cards_file
from importai_tui.wording import plural

if TYPE_CHECKING:
    from importai_tui.library.library import Library
    from importai_tui.model import Link


@click.command("list")
@click.option("--unread", is_flag=True, help="Only issues with unread stories.")
@json_option
@click.pass_obj
def list_(cli: CliContext, unread: bool, as_json: bool) -> None:
    """List the issues, newest first.

    The columns are date (~ if estimated), unread/all stories, REF and title.
    """
    with cli.open_library() as library:
        rows = library.get_issue_rows(unread_only=unread)
        if as_json:
            from importai_tui.output.json import issue_row_json

            print_json({"issues": [issue_row_json(row) for row in rows]})
        elif rows:
            from importai_tui.output.tables import format_issue_table

            print_data(format_issue_table(rows, get_columns()))
        if not rows:
            print_status(NO_ISSUES_YET if library.is_empty() else "Everything is read.")


@click.command()
@click.argument("ref", shell_complete=complete_ref)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json", EPUB]),
    default="text",
    show_default=True,
    help="Output format.",
)
@click.option("--json", "as_json", is_flag=True, help="Same as --format json.")
@book_options
@click.pass_context
def show(ctx: click.Context, /, ref: str, form: str, as_json: bool, **_options: object) -> None:
    """Print an issue or a story.

    An e-book (--format epub) has a title page, a table of contents, and a chapter for each story.
    """
    check_book_options(ctx, is_book=form == EPUB and not as_json)
    cli: CliContext = ctx.obj
    with cli.open_library() as library:
        issue_ref, position = resolve_ref(library, ref)
        if as_json or form == "json":
            from importai_tui.output.json import issue_json, story_json

            upgrade_archive(cli, library)  # the stories of cross references are found by their words
            print_json(issue_json(library, issue_ref) if position is None else story_json(library, issue_ref, position))
        elif form == EPUB:
            from importai_tui.output.books import make_book

            write_book(ctx, library, make_book(library, ref, utc_now(), get_author(cli)))
        elif form == "markdown":
            from importai_tui.output.markdown import issue_to_markdown, story_to_markdown

            print_data(
                issue_to_markdown(library.get_issue(issue_ref))
                if position is None
                else story_to_markdown(library.get_story(issue_ref, position))
            )
        else:
            from importai_tui.output.text import format_issue_lines, format_story_lines

            if position is None:
                lines = format_issue_lines(library.get_issue(issue_ref), get_columns(), for_reading=False)
            else:
                date = library.get_issue_row(issue_ref).date_text
                story = library.get_story(issue_ref, position)
                lines = format_story_lines(story, issue_ref, date, get_columns(), for_reading=False)
            print_lines(lines, hyperlinks=cli.has_hyperlinks())


@click.command()
@click.argument("ref", shell_complete=complete_ref)
@json_option
@click.pass_obj
def links(cli: CliContext, ref: str, as_json: bool) -> None:
    """Print the links of a story or a whole issue."""
    with cli.open_library() as library:
        upgrade_archive(cli, library)
        full_ref, numbered = get_titled_links(library, ref, with_words=not as_json)
    if as_json:
        from importai_tui.output.json import links_json

        print_json({"ref": full_ref, "links": links_json(numbered)})
    elif numbered:
        from importai_tui.output.tables import format_link_table

        print_lines(format_link_table(numbered), hyperlinks=cli.has_hyperlinks())
    else:
        print_status(f"{full_ref} has no links.")


@click.command("open")
@click.argument("ref", shell_complete=complete_ref)
@click.argument("n", type=NumberRange(1), required=False)
@click.pass_obj
def open_(cli: CliContext, ref: str, n: int | None) -> None:
    """Open link N, or the issue's web page, in the browser.

    The links have the numbers that `importai-tui links REF` prints.
    """
    with cli.open_library() as library:
        if n is not None:  # the number of `links`, which upgrades first
            upgrade_archive(cli, library)
        link, title = (None, "") if n is None else find_link(library, ref, n)
        url = (link.url if link else None) or _find_issue_url(library, ref)
        result = cli.make_opener()(url, link.kind if link else "")
        if result.is_opened and link and link.work:
            library.state.record_work_opened(link.work, title)
    if result.is_opened:
        print_status(result.message)
    else:
        print_status(f"{result.message} The URL:")
        print_data(result.url)


@click.command()
@click.argument("refs", metavar="REF...", nargs=-1, required=True, shell_complete=complete_ref)
@click.option("--read", is_flag=True, help="Mark as read.")
@click.option("--unread", is_flag=True, help="Mark as unread.")
@click.option("--star", is_flag=True, help="Add a star.")
@click.option("--unstar", is_flag=True, help="Remove the star.")
@click.pass_context
def mark(ctx: click.Context, refs: tuple[str, ...], read: bool, unread: bool, star: bool, unstar: bool) -> None:
    """Mark stories or whole issues as read, unread or starred.

    In the reader, one undo reverts all changes of one call.
    """
    if (read and unread) or (star and unstar):
        raise click.UsageError("Choose only one of --read and --unread, and only one of --star and --unstar.", ctx)
    if not (read or unread or star or unstar):
        raise click.UsageError("Choose a mark: --read, --unread, --star or --unstar.", ctx)
    cli: CliContext = ctx.obj
    keys: list[str] = []
    has_failed = False
    with cli.open_library() as library:
        for ref in refs:
            try:
                issue_ref, position = resolve_ref(library, ref)
            except NotFoundError as error:
                print_status(f"importai-tui: {error}")
                has_failed = True
                continue
            rows = library.get_story_rows(issue_ref)
            keys += [row.key for row in rows if position in (None, row.position)]
        if keys:
            change = library.mark(keys, read=_to_mark_value(read, unread), starred=_to_mark_value(star, unstar))
            print_status(f"{change.label}.")
    if has_failed:
        ctx.exit(1)


def get_titled_links(library: Library, ref: str, *, with_words: bool) -> tuple[str, list[tuple[str, Link, str]]]:
    """Return the full reference, and its links: story reference, link with its number, title.

    The titles are those of the stored cards, where there are any; `with_words` adds the newsletter's words that differ.
    """
    full_ref, numbered = _get_numbered_links(library, ref)
    return full_ref, _add_card_titles(library, numbered, with_words=with_words)


def _get_numbered_links(library: Library, ref: str) -> tuple[str, list[tuple[str, Link, str]]]:
    """Return the full reference, and the links with consecutive numbers: story reference, link, title."""
    from importai_tui.works.titles import get_link_titles

    issue_ref, position = resolve_ref(library, ref)
    stories = library.get_issue(issue_ref).stories if position is None else [library.get_story(issue_ref, position)]
    numbered: list[tuple[str, Link, str]] = []
    for story in stories:
        titles = get_link_titles(story)
        for link in library.get_links(story):
            numbered.append((f"{issue_ref}/{story.position}", replace(link, n=len(numbered) + 1), titles[link.n]))
    return issue_ref if position is None else f"{issue_ref}/{position}", numbered


def _add_card_titles(
    library: Library, numbered: list[tuple[str, Link, str]], *, with_words: bool
) -> list[tuple[str, Link, str]]:
    """Return links with the titles of the stored cards; `with_words` adds the newsletter's words that differ."""
    if not get_cards_file(library.archive.path).exists():
        return numbered
    from importai_tui.archive.relations import CitedWorks
    from importai_tui.works.work import TitleSource, format_cited_as

    with CitedWorks(library.archive.path) as cited:
        works = cited.get(link.work for _, link, _ in numbered if link.work)
    titles = {
        id: "  ".join(filter(None, (work.title, format_cited_as(work) if with_words else "")))
        for id, work in works.items()
        if work.title_from is TitleSource.CARD
    }
    return [(ref, link, titles.get(link.work or "", title)) for ref, link, title in numbered]


def find_link(library: Library, ref: str, n: int) -> tuple[Link, str]:
    """Return link N and its title. Raises NotFoundError if it is missing or has no address."""
    full_ref, numbered = _get_numbered_links(library, ref)
    if n > len(numbered):
        count = f"only {plural(len(numbered), 'link')}" if numbered else "no links"
        raise NotFoundError(f"{full_ref} has {count}. See: importai-tui links {full_ref}")
    _, link, title = numbered[n - 1]
    if link.url is None:
        raise NotFoundError(
            f"Link {n} of {full_ref} (“{link.text}”) has no URL. See the others: importai-tui links {full_ref}"
        )
    return link, title


def _find_issue_url(library: Library, ref: str) -> str:
    issue_ref, _ = resolve_ref(library, ref)
    url = library.get_issue_row(issue_ref).url
    if url is None:
        raise NotFoundError(f"No web address is known for issue {issue_ref}. See its links: importai-tui links {ref}")
    return url


def _to_mark_value(on: bool, off: bool) -> bool | None:
    """Return the new value of a mark; None to leave it unchanged."""
    return None if on == off else on
