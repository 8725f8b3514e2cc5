"""The command that names places: `paths`."""

from __future__ import annotations

import click

from importai_tui.cli.options import json_option
from importai_tui.cli.session import Session
from importai_tui.printing.console import emit, emit_json, path_text


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
        emit_json({name: path_text(path) for name, path in named.items()})
    else:
        emit("\n".join(f"{name:14}{path_text(path)}" for name, path in named.items()))
