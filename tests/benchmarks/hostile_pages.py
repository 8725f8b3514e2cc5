"""How long the parser takes for inputs made to keep it busy: seconds, and seconds a megabyte.

python -m tests.benchmarks.hostile_pages [BYTES]
"""

from __future__ import annotations

import sys
import time

from importai_tui.errors import UnreadableInput
from importai_tui.parse.issues import parse_issue
from tests.parse.hostile import REPEATED, repeated


def main() -> None:
    """Parse each input once and print a table, slowest first."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    rows = []
    for start, piece in REPEATED:
        data = repeated(start, piece, size)
        began = time.perf_counter()
        try:
            parse_issue(data)
            outcome = "read"
        except UnreadableInput as refusal:
            outcome = str(refusal)
        rows.append((time.perf_counter() - began, len(data), start[:4] + "… " + piece[:20], outcome))
    for seconds, length, name, outcome in sorted(rows, reverse=True):
        print(f"{seconds:7.2f} s {seconds / (length / 1e6):7.2f} s/MB  {name!r:<34} {outcome[:60]}")


if __name__ == "__main__":
    main()
