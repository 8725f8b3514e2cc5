"""Programs of the user: their output, their end, and what is said about it."""

from __future__ import annotations

import sys
from pathlib import Path
from threading import Thread
from time import sleep

import pytest

from importai_tui.user_commands import run as run_module
from importai_tui.user_commands.prepare import PreparedCommand
from importai_tui.user_commands.run import MAX_OUTPUT_BYTES, CommandResult, CommandRun, clean_output, run_in_terminal

TEXT = "Rivers – " * 20_000
"""More than a pipe holds."""


def run_program(*argv: str, text: str | None = TEXT, file: Path | None = None) -> CommandResult:
    return CommandRun(PreparedCommand("x", argv, text, file, TEXT if file else "")).run()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
def test_a_run_ends_in_output_or_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_program("cat") == CommandResult(TEXT, 0)
    assert run_program("true") == CommandResult("", 0)
    failed = run_program("sh", "-c", "echo out; echo a >&2; printf '\033[31mb\n' >&2; exit 3")
    assert failed == CommandResult("out", 3, "a\nb", problem="sh failed with exit status 3")
    assert run_program("sh", "-c", "kill -9 $$").problem == "sh was ended by SIGKILL"
    assert run_program("no-such-program").problem.endswith("it isn't installed, or not on your PATH")
    assert run_program(str(tmp_path)).problem == f"{tmp_path} is a folder, not a program"
    many = run_program("sh", "-c", f"yes | head -c {MAX_OUTPUT_BYTES + 5}; echo end >&2")
    assert (len(many.output), many.is_truncated, many.last_lines) == (MAX_OUTPUT_BYTES - 1, True, "end")
    (tmp_path / "script").write_text("#!/no/such/interpreter\n")
    (tmp_path / "script").chmod(0o700)
    assert "the interpreter in its first line is missing" in run_program(str(tmp_path / "script")).problem

    file = tmp_path / "private" / "402-1.md"
    shown = run_program("sh", "-c", 'ls -ln "$1"; cat "$1"', "sh", str(file), text=None, file=file)
    assert shown.output.startswith("-rw-------")
    assert shown.output.endswith(TEXT)
    assert not file.parent.exists()

    monkeypatch.setattr(run_module, "STOP_SECONDS", 0.1)
    stubborn = CommandRun(PreparedCommand("x", ("sh", "-c", "trap '' TERM; echo ready; sleep 60 & wait"), None))
    results: list[CommandResult] = []
    thread = Thread(target=lambda: results.append(stubborn.run()))
    thread.start()
    while not stubborn.output:
        sleep(0.01)
    stubborn.stop()
    thread.join(10)
    assert results == [CommandResult("ready", -9, is_stopped=True)]

    # A signal that would end this process ends the program, and its file is deleted.
    killer = ("sh", "-c", 'kill -TERM "$PPID"; exec sleep 60')
    ended = run_in_terminal(PreparedCommand("x", killer, None, file, TEXT))
    assert (ended.exit_status, ended.problem) == (-15, "sh was ended by SIGTERM")
    assert not file.parent.exists()


def test_output_is_clean_text() -> None:
    cleaned = {
        b"10%\r50%\rdone\r\nend\r\n": "done\nend",
        b"\x1b[31mred\x1b[0m\x1b]52;c;eA==\x07": "red",
        b"\xff\xc3\xa9\xe2\x80": "\ufffdé",
        "a\u202eb\x00".encode(): "ab",
        b"\n\n one\ttwo\n\n": " one\ttwo",
    }
    for data, text in cleaned.items():
        assert clean_output(data) == text
