from __future__ import annotations

import subprocess
import sys
from pathlib import Path

KILLS = 50

# A process of its own forks the victims: it has one thread, and what a victim needs is loaded once.
KILL = """
import os, random, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from importai_tui.state.reading_state import ReadingState

path, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
chance = random.Random(seed)
HEAD = '{"importai-tui":"reading-state","version":1,"machine":"lap","at":"2025-03-01T00:00:00+00:00"}'
LINE = '{"key":"merged-%s","field":"read","value":"%s","at":"%s","machine":"lap"}'
AT = "2025-03-01T08:00:00+00:00"

def live(turn, tell):
    with ReadingState(path, lambda: datetime.now(UTC)) as state:
        n = 0
        while True:
            name = f"{turn}-{n}"
            state.mark([f"read-{name}"], read=True); tell(f"read {name}")
            state.tag([f"tag-{name}", f"tag2-{name}"], "robots"); tell(f"tag {name}")
            state.set_note(f"note-{name}", name); tell(f"note {name}")
            state.merge([HEAD, LINE % (name, AT, AT)]); tell(f"merged {name}")
            state.mark([f"off-{name}"], starred=True)
            state.undo(); tell(f"undone {name}")
            n += 1

shown, hit = [], 0
for turn in range(kills):
    source, sink = os.pipe()
    child = os.fork()
    if not child:
        os.close(source)
        live(turn, lambda line: os.write(sink, line.encode() + b"\\n"))
    os.close(sink)
    told = b""
    wanted = chance.randrange(8)
    while told.count(b"\\n") < wanted:
        told += os.read(source, 4096)
    for _ in range(chance.randrange(2000)):  # somewhere between two lines
        pass
    os.kill(child, signal.SIGKILL)
    while more := os.read(source, 4096):
        told += more
    os.close(source)
    hit += os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    shown += told.decode().splitlines()

with ReadingState(path, lambda: datetime.now(UTC)) as state:
    read, tagged, starred = state.get_read_keys(), state.get_tagged_keys("robots"), state.get_starred_keys()
    for line in shown:
        what, name = line.split()
        kept = {
            "read": f"read-{name}" in read,
            "tag": f"tag-{name}" in tagged and f"tag2-{name}" in tagged,
            "note": state.get_note(f"note-{name}") == name,
            "merged": f"merged-{name}" in read,
            "undone": f"off-{name}" not in starred,
        }
        assert kept[what], f"seed {seed}: {line} is lost"
    # A step is there whole or not at all.
    assert {key[4:] for key in tagged if key.startswith("tag-")} == {k[5:] for k in tagged if k.startswith("tag2-")}
    assert state.find_problems() == (), state.find_problems()
    assert state.warning is None
print(hit, len(shown))
"""


def test_every_change_that_was_shown_survives_fifty_kills(tmp_path: Path) -> None:
    program = [sys.executable, "-c", KILL, str(tmp_path / "reading.sqlite3"), str(KILLS), "20250303"]
    ran = subprocess.run(program, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    hit, shown = map(int, ran.stdout.split())
    assert hit == KILLS
    assert shown > KILLS
