"""Follows a chapter as a reader does: `python3 -m pith.follow CHAPTER`; CTest calls it.

It begins in an empty folder, beside which the tree is called `pith`, and knows nothing but the built page. It types the commands
that the page marks for it, types each listing of the chapter's own kernel at the end of the file of that name, and compares
what comes with the transcript that the page shows next. A reader who does the same has the same kernel.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path, PurePosixPath

from pith import chapters, page, paths, transcript
from pith.errors import PithError
from pith.page import Block

BY_HAND = "by-hand"                    # the folder of a kernel that is typed, where a chapter has another one besides
TRANSCRIPT = "expected.txt"
TERMINAL = "-display curses"           # the machine's screen comes in the terminal, and stays
TERMINAL_SECONDS, COMMAND_SECONDS = 60, 1500
OWN_LINES = ("pith: ",)                # what ./pith says itself


class Follower:
    """The reader, at a place in the page. `done` counts what was typed."""

    def __init__(self, typed: str, folder: Path) -> None:
        self._typed, self._folder = PurePosixPath(typed), folder
        self._shown: list[str] = []    # what the last commands printed
        self._is_screen = False
        self.done = {"commands": 0, "listings": 0, "transcripts": 0}

    def follow(self, block: Block) -> None:
        """Does what the page shows next."""
        if not block.file:
            self._run(block.text)
            return
        path = PurePosixPath(block.file)
        if path.parent != self._typed:
            return
        if path.name == TRANSCRIPT:
            self._compare(transcript.clean(block.text))
        else:
            self._type(path.name, block.text)

    def _type(self, name: str, text: str) -> None:
        self.done["listings"] += 1
        with (self._folder / name).open("a") as file:
            file.write(text.rstrip("\n") + "\n\n")

    def _run(self, commands: str) -> None:
        """In one shell, in the folder where the last commands ended."""
        self.done["commands"] += 1
        print(*(f"$ {line}" for line in commands.strip().splitlines()), sep="\n", flush=True)
        self._is_screen = TERMINAL in commands
        if self._is_screen:
            self._start_in_terminal(commands)
            return
        done = subprocess.run(["bash", "-e", "-c", f"{commands}\npwd > {self._place.name}"], cwd=self._folder,
                              stdin=subprocess.DEVNULL, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=COMMAND_SECONDS)
        print(done.stdout, end="", flush=True)
        if done.returncode != 0:
            raise PithError(f"the commands above ended with status {done.returncode}")
        lines = (line for line in done.stdout.splitlines() if not line.startswith(OWN_LINES))
        self._shown = transcript.clean("\n".join(lines))
        self._folder = Path(Path(self._place.name).read_text().strip())

    def __enter__(self) -> "Follower":
        self._place = tempfile.NamedTemporaryFile()
        self._tmux = ["tmux", "-L", f"pith-follow-{os.getpid()}"]
        return self

    def __exit__(self, *_: object) -> None:
        self._place.close()
        subprocess.run([*self._tmux, "kill-server"], stderr=subprocess.DEVNULL)

    def _start_in_terminal(self, commands: str) -> None:
        subprocess.run([*self._tmux, "new-session", "-d", "-x", "100", "-y", "40", "-c", str(self._folder), commands], check=True)

    def _compare(self, expected: list[str]) -> None:
        self.done["transcripts"] += 1
        if self._is_screen:
            self._await_in_terminal(expected)
            return
        actual = transcript.starting_at(expected[0].partition(transcript.ELLIPSIS)[0], self._shown) or self._shown
        if difference := transcript.difference(expected, actual):
            raise PithError("\n".join(["what came is not what the page shows:", *difference]))

    def _await_in_terminal(self, expected: list[str]) -> None:
        """The machine draws its screen in the terminal: all of these lines have to stand there at once."""
        deadline = time.monotonic() + TERMINAL_SECONDS
        shown: list[str] = []
        while time.monotonic() < deadline:
            done = subprocess.run([*self._tmux, "capture-pane", "-p"], capture_output=True, text=True)
            shown = [line.strip() for line in transcript.clean(done.stdout)]   # QEMU puts it into the terminal's middle
            if all(line.strip() in shown for line in expected):
                print(*(line for line in shown if line), sep="\n")
                return
            time.sleep(0.2)
        raise PithError("\n".join(["the terminal does not show what the page says; it shows:", *shown]))


def typed_folder(chapter: chapters.Kernel, root: Path = paths.ROOT) -> str:
    """Which folder's listings the reader types."""
    folder = f"chapters/{chapter.folder}"
    return f"{folder}/{BY_HAND}" if (root / folder / BY_HAND).is_dir() else folder


def main() -> int:
    parser = argparse.ArgumentParser(prog="pith.follow", description=__doc__)
    parser.add_argument("chapter")
    parser.add_argument("--book", type=Path, default=paths.OUT / "book")
    options = parser.parse_args()
    chapter = chapters.find(options.chapter, chapters.load())
    html = options.book / "chapters" / chapter.folder / "chapter.html"
    with tempfile.TemporaryDirectory(prefix="pith-follow-") as scratch:
        (Path(scratch) / "pith").symlink_to(paths.ROOT)
        try:
            with Follower(typed_folder(chapter), Path(scratch)) as follower:
                for block in page.blocks(html.read_text()):
                    follower.follow(block)
        except PithError as error:
            print(f"FAILED: {error}")
            return 1
    print(f"followed chapter {chapter.number}: " + ", ".join(f"{count} {what}" for what, count in follower.done.items()))
    if 0 in follower.done.values():
        print("FAILED: there is nothing of one of these in the page: it cannot be followed")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
