"""Commands that would run an address or a text are refused."""

from __future__ import annotations

import shlex

import pytest

from importai_tui.command_safety import runs_address, runs_input

REFUSED = [
    "sh -c 'firefox %s'",
    "/bin/sh -c 'firefox %s'",
    'bash -c "firefox \\"%s\\""',
    "bash -lc 'exec firefox %s'",
    "bash -o pipefail -c 'firefox %s'",
    "bash -o pipefail -c %s",
    "zsh -ic 'firefox %s'",
    "dash -c firefox%s",
    "bash-5.2 -c 'firefox %s'",
    "fish --command 'firefox %s'",
    "fish --command=firefox%s",
    "csh -c 'firefox %s'",
    "sh -c %s",
    "sh -c",
    "sh",
    "bash -s %s",
    "env sh -c 'firefox %s'",
    "env X=1 bash -c 'firefox %s'",
    "env -S 'sh -c'",
    "env --split-string='sh -c' %s",
    "nice -n 5 sh -c 'firefox %s'",
    "setsid -f sh -c %s",
    "sudo -u fish sh -c %s",
    "busybox sh -c 'firefox %s'",
    "xterm -e sh -c 'w3m %s'",
    "python3 wrapper.py sh -c %s",
    "bash /usr/bin/wrapper bash -c %s",
    "xterm -e 'w3m %s'",
    "tmux new-window 'w3m %s'",
    "sh -c 'firefox \"$1\"' sh --url=%s",
    "python3 -c 'import os; os.system(\"firefox %s\")'",
    "python3.11 -c %s",
    "perl -e %s",
    "osascript -e 'open location \"%s\"'",
    "eval firefox %s",
    "xargs firefox %s",
    "xargs -I{} sh -c 'firefox {}'",
    "ssh desktop firefox %s",
    "ssh desktop firefox",
    "su -c 'firefox %s'",
    "su user -c firefox",
    "watch firefox %s",
    "cmd /c start %s",
    "cmd.exe /c start '' %s",
    "cmd /c start",
    "'C:\\Windows\\System32\\CMD.EXE' /c start %s",
    "powershell -Command Start-Process %s",
    "pwsh -c 'start %s'",
    "make -C notes note TITLE=%s",
    "sed s/TITLE/%s/ template.md",
    "sed -e s/TITLE/%s/",
    "vim +/%s notes.md",
    "xterm -e nvim --cmd %s",
    "emacsclient --eval=%s",
    "find . -exec %s ;",
    "nix-shell --run %s",
    "tar --to-command=%s -xf x.tar",
    "emacs --eval %s",
    "tmux display-message %s",
    "browser.bat %s",
    "browser.cmd. %s",
    "wt.exe lynx %s",
    "wsl.exe firefox %s",
    "%s",
]
ALLOWED = [
    "firefox",
    "firefox %s",
    "firefox --new-tab %s",
    "firefox -P es %s",
    "firefox -P bash-profile %s",
    "'/opt/my browser/run' %s",
    "'/opt/my browser/run' --profile='a b' --url=%s;x",
    "chromium --app=%s",
    "firefox https://proxy.example/?a=1&url=%s",
    "xdg-open %s",
    "vim %s",
    "emacsclient -n %s",
    "flatpak run --command=firefox org.mozilla.firefox %s",
    "rofi -e %s",
    "emacsclient org-protocol://capture?url=%s",
    "tmux new-window w3m %s",
    "sed s/a/b/ %s",
    "sh -c 'firefox \"$1\"' sh %s",
    "sh -c 'firefox \"$1\"' sh",
    "env LANG=C sh -c 'exec firefox \"$1\"' open %s",
    "bash /home/me/open-link %s",
    "bash -o pipefail /home/me/open-link %s",
    "python3 -m webbrowser -t %s",
    "python3 -c 'import sys; print(sys.argv)'",
    "env MOZ_ENABLE_WAYLAND=1 firefox %s",
    "flatpak run org.mozilla.firefox %s",
    "flatpak-spawn --host xdg-open %s",
    "systemd-run --user firefox %s",
    "open -a Safari %s",
    "rundll32 url.dll,FileProtocolHandler %s",
]


@pytest.mark.parametrize("command", REFUSED)
def test_an_address_in_a_program_is_refused(command: str) -> None:
    assert runs_address(shlex.split(command))


@pytest.mark.parametrize("command", ALLOWED)
def test_an_address_as_an_argument_is_allowed(command: str) -> None:
    assert not runs_address(shlex.split(command))


def test_a_text_is_never_the_program() -> None:
    runs = (
        *("sh", "python3 -", "sed", "at now", "ssh pi", "parallel", "parallel sh -c 'say {}'", "xargs sh -c"),
        *("xargs -I{} sh -c 'say {}'", "sh {file}", "sh -c {file}"),
    )
    reads = (
        *("cat", "sh -c cat", "sh say.sh", "ssh pi say", "xargs say", "parallel say", "xargs sh -c 'echo $@' sh"),
        *("sed -e s/a/b/", "sh -c 'cat \"$1\"' sh {file}", "less {file}"),
    )
    assert [command for command in runs if not runs_input(shlex.split(command), {}, "{file}")] == []
    assert [command for command in reads if runs_input(shlex.split(command), {}, "{file}")] == []
