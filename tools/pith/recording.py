"""Records a session at the system's prompt for the book: `python3 -m pith.recording [SCRIPT [CAST]]`.

The script is one of pith/play_script.py, so what it expects has to come true. It is typed as a person would, with time to
read what is answered. When each byte came is written down as it was (asciicast v2: a header, then a line
[seconds, "o", text] each).
"""

import argparse
import codecs
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from pith import chapters, paths
from pith.errors import PithError, reports_errors
from pith.play import Player
from pith.play_script import Step, parse
from pith.prompt import Listener, Prompt
from pith.qemu import Machine
from pith.session import Session

SCRIPT = paths.ROOT / "book" / "start.session"
CAST = paths.OUT / "book-made" / "start.cast"
COLUMNS, ROWS = 84, 30
KEY_SECONDS = 0.07       # between two keys
READING_SECONDS = 1.6    # before a line is typed
LAST_SECONDS = 2.0       # how long the end is shown


class Recorder:
    """What came, and when."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._events: list[tuple[float, str]] = []

    def note(self, data: bytes) -> None:
        if text := self._decoder.decode(data):
            self._events.append((time.monotonic() - self._began, text))

    def cast(self, title: str) -> str:
        """All of it as asciicast v2."""
        header = {"version": 2, "width": COLUMNS, "height": ROWS, "title": title}
        end = self._events[-1][0] + LAST_SECONDS if self._events else 0.0
        lines = [header, *([round(seconds, 6), "o", text] for seconds, text in [*self._events, (end, "")])]
        return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)


class PacedPrompt(Prompt):
    """Types one key after the other, and waits before: somebody wants to read what was answered last."""

    key_seconds, reading_seconds = KEY_SECONDS, READING_SECONDS

    def type(self, text: str) -> None:
        self._listen_for(self.reading_seconds)
        for character in text:
            super().type(character)
            self._listen_for(self.key_seconds)

    def _listen_for(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and self.ended is None:
            self.listen(left)


class NoScreen:
    """For a player of scripts that have no `picture`."""

    def difference(self, rows: Sequence[str], row: int, column: int) -> list[str]:
        del rows, row, column
        raise PithError("a session that is recorded has no pictures")


def record(steps: Sequence[Step], machine: Machine, title: str) -> str:
    """Plays the session and returns its recording."""
    with Listener() as listener, Session(machine, listener.device) as session, listener.accept() as line:
        recorder = Recorder()
        Player(PacedPrompt(session, line, on_output=recorder.note), NoScreen()).play(steps)
        return recorder.cast(title)


def make(script: Path = SCRIPT, cast: Path = CAST) -> None:
    """Records the system's session, if it has changed, or what is recorded has, or how."""
    kernel = chapters.SYSTEM.elf
    if paths.is_current(cast, (script, kernel, Path(__file__))):
        return
    recording = record(parse(script.read_text()), Machine(boot="pvh", kernel=kernel), "A session at Pith's prompt")
    paths.made_directory(cast.parent)
    cast.write_text(recording)


@reports_errors
def main() -> int:
    parser = argparse.ArgumentParser(prog="pith.recording", description="Records a session at the system's prompt.")
    parser.add_argument("script", nargs="?", type=Path, default=SCRIPT, metavar="SCRIPT")
    parser.add_argument("cast", nargs="?", type=Path, default=CAST, metavar="CAST")
    options = parser.parse_args()
    make(options.script, options.cast)
    print(f"{paths.shown(options.cast.resolve())} is ready")
    return 0


if __name__ == "__main__":
    sys.exit(main())
