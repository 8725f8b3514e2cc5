"""The user's own commands: as pages, as notices, in the background."""

from __future__ import annotations

import signal
from pathlib import Path

from importai_tui.config import ConfigWatcher
from importai_tui.library.library import Library
from importai_tui.tui.actions.user_commands import UserCommandActions
from importai_tui.tui.background_jobs import BackgroundSetup
from tests.tui.sample_app import run_reader, store_issues

CONFIG = """
[commands.print]
run = ["cat"]
key = "C"
[commands.slow]
run = ["sh", "-c", "echo begun; exec sleep 60"]
key = "f5"
input = "none"
[commands.fail]
run = ["sh", "-c", "echo out; echo oh no >&2; exit 3"]
show = "notice"
input = "none"
[commands.term]
run = ["cat"]
show = "terminal"
"""


async def test_commands_run_and_show_their_output(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    setup = BackgroundSetup(config_watcher=ConfigWatcher(file, {}))
    async with run_reader(store_issues(library), "12/2", background=setup, size=(80, 24)) as reader:
        press, screen_text = reader.pilot.press, reader.screen_text
        # Without a command: how to define one.
        await press("|")
        await reader.wait_until(lambda: "No commands yet" in screen_text())
        assert f"{file}:" in "".join(screen_text().split())
        await press("escape")
        file.write_text(CONFIG)
        reader.app.config_reloader.poll()

        await press("C")
        await reader.wait_until(lambda: "finished" in screen_text())
        assert "A long story called canal" in screen_text()
        await press("y", "/", *"16.", "enter")
        await reader.wait_until(lambda: "match 1 of 1" in screen_text())
        assert "A long story called canal" in reader.app.clipboard
        await press("r")
        await reader.wait_until(lambda: "A long story called canal" in screen_text())
        await press("escape")

        # A page can be closed while its program runs; its key then stops the program.
        await press("f5")
        await reader.wait_until(lambda: "begun" in screen_text())
        await press("escape")
        await reader.wait_until(lambda: "f5 stops it" in reader.footer)
        await press("f5")
        await reader.wait_until(lambda: "Stopped “slow”" in reader.notices)
        assert "slow" not in reader.footer

        # The list leads to what a notice has no room for.
        await reader.type(":", *"run fail", "enter")
        failure = "fail: sh failed with exit status 3: oh no. | shows all of it"
        await reader.wait_until(lambda: failure in reader.notices)
        await press("|")
        await reader.wait_until(lambda: "failed" in screen_text())
        await press("k", "k", "j", "j", "enter")
        await reader.wait_until(lambda: "exit status 3." in screen_text())
        assert failure not in reader.notices
        await press("escape")

        await reader.type(":", *"run term", "enter")
        await reader.wait_until(lambda: "Other programs can't use this terminal" in reader.notices)
        await reader.type(":", *"run slow 12/1", "enter")
        await reader.wait_until(lambda: "begun" in screen_text())
        # It is listed until it ends, also without its settings.
        file.write_text("")
        reader.app.config_reloader.poll()
        await press("escape", "|")
        await reader.wait_until(lambda: "slow  running" in screen_text())
        execution = reader.screen.action_group(UserCommandActions)._executions["slow"]
        assert execution.ref == "12/1"
    # The end of the app stops it.
    process = execution.run._process
    assert process
    assert process.wait(5) == -signal.SIGTERM
