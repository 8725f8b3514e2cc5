"""Runs a real WordPress from Debian's packages, with its own database, PHP and nginx in one folder.

Needs the packages wordpress, mariadb-server, php-fpm, php-mysql and nginx-light. No system service is used.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

HERE = Path(__file__).parent
PASSWORD = "a password"
CODE = Path("/usr/share/wordpress")
SITE_TIME_ZONE = ZoneInfo("America/Los_Angeles")
"""Time zone that install.php sets."""
_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Uses no proxy, even if the environment sets one."""
_START_TIMEOUT = 60.0
"""Seconds; a busy machine needs a second or two."""
_PORT_TRIES = 5
"""Another program may take the free port before nginx does."""


@dataclass(frozen=True, slots=True)
class Request:
    """A line in the log of nginx."""

    method: str
    path: str
    status: int


@dataclass(frozen=True, slots=True)
class Post:
    """A post to publish. `published` is aware; WordPress also uses it as the time of the last change."""

    title: str
    content: str
    published: datetime
    is_protected: bool = False

    def to_json(self) -> dict[str, str]:
        """Return the fields of `wp_insert_post`."""
        return {
            "post_title": self.title,
            "post_content": self.content,
            "post_date": f"{self.published.astimezone(SITE_TIME_ZONE):%Y-%m-%d %H:%M:%S}",
            "post_password": PASSWORD if self.is_protected else "",
        }


def missing_packages() -> list[str]:
    """Return the Debian packages that are not installed."""
    needed = {
        "wordpress": (CODE / "wp-load.php").is_file(),
        "mariadb-server": _find_program("mariadbd"),
        "php-fpm": _find_php_fpm(),
        "php-mysql": any(Path("/etc/php").glob("*/fpm/conf.d/*mysqli.ini")),
        "nginx-light": _find_program("nginx"),
        "util-linux": _find_program("setpriv"),
    }
    return [name for name, found in needed.items() if not found]


class StartError(Exception):
    """A server did not start."""


class WordPress:
    """A running site. Use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stack = ExitStack()
        self._port = 0
        self._log_start = 0

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._install_files()
            self._start_database(stack)
            self._start_php(stack)
            self._start_nginx(stack)
            self._call("install.php", [])
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def url(self) -> str:
        """The address of the front page."""
        return f"http://127.0.0.1:{self._port}/"

    # --- content -----------------------------------------------------------------------------------------------------

    def add(self, posts: Iterable[Post]) -> list[int]:
        """Publish posts and return their ids."""
        (ids,) = self._run(["add_posts", [post.to_json() for post in posts]])
        assert all(isinstance(post_id, int) for post_id in ids), ids
        return list(ids)

    def edit(self, post_id: int, old: str, new: str) -> None:
        """Replace all occurrences of a text in a post."""
        (count,) = self._run(["replace_text", {"ID": post_id, "old": old, "new": new}])
        assert count, f"post {post_id} does not hold {old!r}"

    def delete(self, post_id: int) -> None:
        """Move a post to the trash."""
        self._run(["delete_posts", [post_id]])

    def protect(self, post_id: int) -> None:
        """Let a post ask for a password."""
        self._run(["update_posts", [{"ID": post_id, "post_password": PASSWORD}]])

    def touch(self, ids: Sequence[int]) -> None:
        """Save posts without a change, which sets the time of their last change, as a bulk edit does."""
        self._run(["update_posts", [{"ID": post_id} for post_id in ids]])

    def set(self, **options: str | int) -> None:
        """Set options of WordPress, or those of faults.php."""
        self._run(["set_options", options])

    def save(self) -> None:
        """Save the content and the options for `restore`."""
        self._run(["save_site", None])

    def restore(self) -> None:
        """Restore the saved content and options, lift the limit and end the upgrade."""
        self.limit(False)
        self.maintain(False)
        self._run(["restore_site", None])

    # --- web server --------------------------------------------------------------------------------------------------

    def limit(self, is_limited: bool) -> None:
        """Start or stop a limit of one request per second; others are answered with status 429."""
        flag = self.folder / "limited"
        if is_limited:
            flag.touch()
        else:
            flag.unlink(missing_ok=True)

    def maintain(self, is_maintained: bool) -> None:
        """Start or end an upgrade of WordPress: each request is answered with status 503."""
        flag = self.folder / "root" / ".maintenance"
        if is_maintained:
            flag.write_text("<?php $upgrading = time();")
        else:
            flag.unlink(missing_ok=True)

    @property
    def requests(self) -> list[Request]:
        """The requests since `forget_requests`."""
        # nginx may send a response before it logs it, but it logs it before it answers the next request.
        _DIRECT.open(f"{self.url}ping", timeout=_START_TIMEOUT).close()
        lines = (self.folder / "requests.log").read_text().splitlines()[self._log_start :]
        return [Request(method, path, int(status)) for method, path, status in map(str.split, lines)]

    def forget_requests(self) -> None:
        """Clear `requests`."""
        self._log_start = 0
        self._log_start = len(self.requests)

    # --- set-up ------------------------------------------------------------------------------------------------------

    def _install_files(self) -> None:
        root = self.folder / "root"
        shutil.copytree(HERE / "web_root", root)
        for path in CODE.iterdir():
            target = root / path.name
            if path.name not in (".htaccess", "wp-config.php", "wp-content"):
                target.symlink_to(path)

    def _start_database(self, stack: ExitStack) -> None:
        """Start MariaDB without system tables, InnoDB or TCP, so that it is ready in a moment."""
        data, sock = self.folder / "data", self.folder / "db.sock"
        data.mkdir(mode=0o700)
        (data / "wordpress").mkdir()
        self._start(
            stack,
            "mariadbd",
            "--no-defaults",
            f"--datadir={data}",
            f"--socket={sock}",
            f"--pid-file={self.folder}/db.pid",
            f"--log-error={self.folder}/db.log",
            "--skip-networking",
            "--skip-grant-tables",
            "--skip-innodb",
            "--default-storage-engine=MyISAM",
            "--key-buffer-size=1M",
            "--open-files-limit=1024",
            *(["--user=root"] if os.geteuid() == 0 else []),
            ready=lambda: _accepts(sock),
        )

    def _start_php(self, stack: ExitStack) -> None:
        config = self.folder / "php-fpm.conf"
        config.write_text((HERE / "php-fpm.conf").read_text().format(folder=self.folder))
        as_root = ["--allow-to-run-as-root"] if os.geteuid() == 0 else []
        php_fpm = _find_php_fpm()
        assert php_fpm
        self._start(stack, php_fpm, "--fpm-config", config, *as_root, ready=lambda: _accepts(self.folder / "php.sock"))

    def _start_nginx(self, stack: ExitStack) -> None:
        template = (HERE / "nginx.conf").read_text()
        user = "user root;\n" if os.geteuid() == 0 else ""
        for attempt in range(_PORT_TRIES):
            self._port = _find_free_port()
            config = self.folder / f"nginx-{attempt}.conf"
            config.write_text(template.format(folder=self.folder, port=self._port, user=user))
            try:
                self._start(stack, "nginx", "-c", config, "-e", self.folder / "nginx.log", ready=self._is_ready)
            except StartError:
                if attempt == _PORT_TRIES - 1:
                    raise
            else:
                return

    def _is_ready(self) -> bool:
        return (self.folder / "nginx.pid").exists() and _accepts(self._port)

    def _start(self, stack: ExitStack, name: str, *arguments: str | Path, ready: Callable[[], bool]) -> None:
        """Start a server in the foreground and wait until it is ready. It ends with the test process."""
        log = stack.enter_context((self.folder / "output.log").open("ab"))
        command = ["setpriv", "--pdeathsig", "TERM", _find_program(name) or name, *map(str, arguments)]
        server = subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        stack.callback(_stop, server)
        end = time.monotonic() + _START_TIMEOUT
        while not ready():
            if server.poll() is not None or time.monotonic() > end:
                raise StartError(f"{name} did not start; the logs are in {self.folder}")
            time.sleep(0.02)

    def _run(self, *commands: list[Any]) -> list[Any]:
        return self._call("control.php", list(commands))

    def _call(self, script: str, body: list[Any]) -> list[Any]:
        request = urllib.request.Request(self.url + script, json.dumps(body).encode(), method="POST")
        with _DIRECT.open(request, timeout=_START_TIMEOUT) as response:
            results: list[Any] = json.load(response)
        return results


def _find_program(name: str) -> str | None:
    return shutil.which(name, path=_PATH)


def _find_php_fpm() -> str | None:
    """Return the newest php-fpm; Debian adds the version to its name."""
    versions = sorted(Path("/usr/sbin").glob("php-fpm[0-9]*"))
    return str(versions[-1]) if versions else _find_program("php-fpm")


def _find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _accepts(address_or_port: Path | int) -> bool:
    """Return True if a server accepts connections at a Unix socket or a port."""
    family, address = (
        (socket.AF_INET, ("127.0.0.1", address_or_port))
        if isinstance(address_or_port, int)
        else (socket.AF_UNIX, str(address_or_port))
    )
    with socket.socket(family) as probe:
        return probe.connect_ex(address) == 0


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
