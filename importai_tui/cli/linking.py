"""The commands that follow what is cited: `links`, `open`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from importai_tui.cli.catching_up import catch_up
from importai_tui.cli.options import json_option
from importai_tui.cli.session import Session
from importai_tui.errors import NotFound
from importai_tui.printing.console import emit, emit_json, narrate
from importai_tui.wording import plural

if TYPE_CHECKING:
    from importai_tui.issue import Link
    from importai_tui.library import Library


@click.command()
@click.argument("ref")
@json_option
@click.pass_obj
def links(session: Session, ref: str, as_json: bool) -> None:
    """Print the links of a story, or of an issue's stories numbered through."""
    with session.library() as library:
        catch_up(session, library)
        found_ref, found = _links(library, ref)
    if as_json:
        from importai_tui.printing.shapes import link_shapes

        emit_json({"ref": found_ref, "links": link_shapes(found)})
    elif found:
        from importai_tui.printing.tables import link_table

        emit(link_table(found))
    else:
        narrate(f"{found_ref} has no links.")


@click.command("open")
@click.argument("ref")
@click.argument("n", type=click.IntRange(min=1), required=False)
@click.pass_obj
def open_(session: Session, ref: str, n: int | None) -> None:
    """Open link N in the browser; without N the story's own page."""
    with session.library() as library:
        if n is not None:  # counted as `links` counts
            catch_up(session, library)
        link, title = (None, "") if n is None else _cited(library, ref, n)
        url = (link.url if link else None) or _page(library, ref)
        opened = session.opener()(url)
        if opened.opened and link and link.work:
            library.state.keep_opened(link.work, title)
    if opened.opened:
        narrate(opened.note)
    else:
        narrate("No browser here; this is the address:")
        emit(opened.url)


def _links(library: Library, ref: str) -> tuple[str, list[tuple[str, Link, str]]]:
    """The full reference, and the links in order, numbered through: each with its story's reference and its title."""
    from importai_tui.citing import titles

    issue_ref, position = library.resolve(ref)
    stories = library.issue(issue_ref).stories if position is None else [library.story(issue_ref, position)]
    every = [(story, link, called[link.n]) for story in stories for called in [titles(story)] for link in story.links]
    found_ref = issue_ref if position is None else f"{issue_ref}/{position}"
    return found_ref, [
        (f"{issue_ref}/{story.position}", replace(link, n=n), title) for n, (story, link, title) in enumerate(every, 1)
    ]


def _cited(library: Library, ref: str, n: int) -> tuple[Link, str]:
    """Link N, which has an address, and what it cites."""
    found_ref, found = _links(library, ref)
    if n > len(found):
        count = plural(len(found), "link")
        raise NotFound(f"{found_ref} has {count}, so there is no link {n}. See them: importai-tui links {found_ref}")
    _, link, title = found[n - 1]
    if link.url is None:
        raise NotFound(
            f'Link {n} of {found_ref}, "{link.text}", has no web address. See the others: '
            f"importai-tui links {found_ref}"
        )
    return link, title


def _page(library: Library, ref: str) -> str:
    issue_ref, _ = library.resolve(ref)
    url = library.issue_head(issue_ref).url
    if url is None:
        raise NotFound(f"The page of {issue_ref} is not known. Open one of its links: importai-tui links {ref}")
    return url
