"""The commands that show what is there: `list`, `show`, `links`, `open`, `paths`."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from importai_tui.cli.catching_up import catch_up
from importai_tui.cli.session import Session
from importai_tui.errors import NotFound
from importai_tui.printing.console import columns, emit, emit_json, narrate

if TYPE_CHECKING:
    from importai_tui.issue import Link
    from importai_tui.library import Library

NOTHING_YET = "The archive is empty. Bring in issues that you have on disk: importai-tui import PATH"

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.command("list")
@click.option("--unread", is_flag=True, help="Only issues with something unread.")
@json_option
@click.pass_obj
def list_(session: Session, unread: bool, as_json: bool) -> None:
    """List the issues, newest first: date, unread/stories, REF, title."""
    with session.library() as library:
        heads = library.issue_heads(unread_only=unread)
        if as_json:
            from importai_tui.printing.shapes import issue_head_shape

            emit_json({"issues": [issue_head_shape(head) for head in heads]})
        elif heads:
            from importai_tui.printing.tables import issue_table

            emit(issue_table(heads, columns()))
        if not heads:
            narrate(NOTHING_YET if library.is_empty() else "Everything is read.")


@click.command()
@click.argument("ref")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.pass_obj
def show(session: Session, ref: str, form: str, as_json: bool) -> None:
    """Print an issue or a story."""
    with session.library() as library:
        issue_ref, position = library.resolve(ref)
        if as_json or form == "json":
            from importai_tui.printing.shapes import issue_shape, story_shape

            emit_json(
                issue_shape(library, issue_ref) if position is None else story_shape(library, issue_ref, position)
            )
        elif form == "markdown":
            from importai_tui.printing.markdown import issue_markdown, story_markdown

            emit(
                issue_markdown(library.issue(issue_ref))
                if position is None
                else story_markdown(library.story(issue_ref, position))
            )
        else:
            from importai_tui.printing.prose import issue_text, story_text

            if position is None:
                emit(issue_text(library.issue(issue_ref), columns()))
            else:
                date = library.issue_head(issue_ref).date
                emit(story_text(library.story(issue_ref, position), issue_ref, date, columns()))


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
            library.keep_opened(link.work, title)
    if opened.opened:
        narrate(opened.note)
    else:
        narrate("No browser here; this is the address:")
        emit(opened.url)


@click.command()
@json_option
@click.pass_obj
def paths(session: Session, as_json: bool) -> None:
    """Print where the files are; none of them need exist yet."""
    places = session.places()
    named = {
        "archive": places.archive,
        "reading": places.reading,
        "config": places.config,
        "cache_folder": places.cache_folder,
        "data_folder": places.data_folder,
        "config_folder": places.config_folder,
    }
    if as_json:
        emit_json({name: str(path) for name, path in named.items()})
    else:
        emit("\n".join(f"{name:14}{path}" for name, path in named.items()))


def _links(library: Library, ref: str) -> tuple[str, list[tuple[str, Link, str]]]:
    """The full reference, and the links in order, numbered through: each with its story's reference and its title."""
    from importai_tui.citing import titles

    issue_ref, position = library.resolve(ref)
    stories = library.issue(issue_ref).stories if position is None else [library.story(issue_ref, position)]
    every = [(story, link, called[link.n]) for story in stories for called in [titles(story)] for link in story.links]
    found_ref = issue_ref if position is None else f"{issue_ref}/{position}"
    return found_ref, [
        (f"{issue_ref}/{story.position}", dataclasses.replace(link, n=n), title)
        for n, (story, link, title) in enumerate(every, 1)
    ]


def _cited(library: Library, ref: str, n: int) -> tuple[Link, str]:
    """Link N, which has an address, and what it cites."""
    found_ref, found = _links(library, ref)
    if n > len(found):
        count = f"{len(found)} links" if len(found) != 1 else "1 link"
        raise NotFound(f"{found_ref} has {count}, so there is no link {n}. See them: importai-tui links {found_ref}")
    _, link, title = found[n - 1]
    if link.url is None:
        raise NotFound(f'Link {n} of {found_ref}, "{link.text}", lost its address in the plain-text copy.')
    return link, title


def _page(library: Library, ref: str) -> str:
    issue_ref, _ = library.resolve(ref)
    url = library.issue_head(issue_ref).url
    if url is None:
        raise NotFound(f"The page of {issue_ref} is not known. Open one of its links: importai-tui links {ref}")
    return url
