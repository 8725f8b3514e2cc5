"""Runs the site: `python -m tests.sync.wordpress`. Each line of input sets an option, such as `rest_closed=401`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.sync.wordpress.blog import Blog
from tests.sync.wordpress.site import WordPress, missing_packages


def main() -> None:
    """Publish the newsletter and serve it until the input ends."""
    if missing := missing_packages():
        sys.exit(f"Missing Debian packages: {', '.join(missing)}")
    with tempfile.TemporaryDirectory() as folder, WordPress(Path(folder)) as site:
        Blog(site).fill()
        print(site.url, flush=True)
        for line in sys.stdin:
            name, _, value = line.strip().partition("=")
            if name == "limit":
                site.limit(bool(value))
            elif name:
                site.set(**{name: value})


if __name__ == "__main__":
    main()
