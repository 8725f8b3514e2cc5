"""Runs the program with fake sources of cards, to try cards in a terminal without the internet.

    .venv/bin/python -m tests.cards.reader                   the reader, in the folder of IMPORTAI_TUI_HOME
    .venv/bin/python -m tests.cards.reader card 2406.01234   any command
    .venv/bin/python -m tests.cards.reader --fake-delay 5 --fake-status 429

A card is found for any id; ids that end in "404" are unknown.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from importai_tui.cli import main
from tests.cards.fake_sources import HANDLERS, FakeSources, SetAttribute
from tests.http.server import Reply, Request


def run(arguments: Sequence[str], set_attribute: SetAttribute = setattr) -> None:
    """Start the fake sources, then the program. `set_attribute` changes the addresses of the sources."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--fake-delay", type=float, default=0.0, help="seconds before each reply")
    parser.add_argument("--fake-status", type=int, help="a status that all sources answer")
    options, others = parser.parse_known_args(arguments)

    def override(_: Request) -> Reply | None:
        time.sleep(options.fake_delay)
        headers = {"Retry-After": "90"} if options.fake_status in (429, 503) else {}
        return Reply(b"{}", options.fake_status, headers) if options.fake_status else None

    with FakeSources(dict.fromkeys(HANDLERS, override)).serve(set_attribute):
        main(others)


if __name__ == "__main__":
    sys.argv[0] = "importai-tui"
    run(sys.argv[1:])
