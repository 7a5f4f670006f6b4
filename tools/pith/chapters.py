"""The kernels there are: the system itself, and one for each chapter in chapters/chapters.json."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pith import paths
from pith.errors import PithError, UsageError
from pith.nearest import did_you_mean

PROMPT = "pith> "       # what a kernel asks for commands with
MANIFEST = paths.ROOT / "chapters" / "chapters.json"


@dataclass(frozen=True)
class Kernel:
    """A kernel that can be built and booted. `boot` lists the ways it starts, the usual one first."""

    name: str                 # for people: "Pith", "chapter 4"
    target: str               # what the build calls it; its ISO is TARGET-iso
    image: str                # below out/, without suffix
    boot: tuple[str, ...]
    transcript: str = "serial"
    prompt: str = ""          # what it asks for commands with; nothing, if it does not
    number: int | None = None
    folder: str = ""

    @property
    def elf(self) -> Path:
        return paths.OUT / f"{self.image}.elf"

    @property
    def iso(self) -> Path:
        return paths.OUT / f"{self.image}.iso"


SYSTEM = Kernel(name="Pith", target="pith", image="pith", boot=("bios", "pvh", "uefi"), prompt=PROMPT)


def load(manifest: Path = MANIFEST) -> list[Kernel]:
    """All chapters, in the manifest's order."""
    try:
        entries = json.loads(manifest.read_text())
    except OSError:
        raise PithError(f"there are no chapters yet: {paths.shown(manifest)} is missing") from None
    return [_chapter(entry) for entry in entries]


def _chapter(entry: dict) -> Kernel:
    """A chapter's kernel is its own, or the whole system; one that is tested by a session has a prompt."""
    folder, is_system = entry["folder"], entry.get("kernel") == "system"
    return Kernel(name=f"chapter {entry['number']}",
                  target=SYSTEM.target if is_system else f"chapter-{folder}",
                  image=SYSTEM.image if is_system else f"chapters/{folder}",
                  boot=tuple(entry["boot"]), transcript=entry["transcript"],
                  prompt=PROMPT if entry["transcript"] == "session" else "",
                  number=entry["number"], folder=folder)


def find(word: str, chapters: Sequence[Kernel]) -> Kernel:
    """The chapter with this number, this folder, or this part of a folder's name."""
    if word.isdecimal():
        matches = [chapter for chapter in chapters if chapter.number == int(word)]
    else:
        matches = ([chapter for chapter in chapters if chapter.folder == word]
                   or [chapter for chapter in chapters if word.lower() in chapter.folder])
    if len(matches) == 1:
        return matches[0]
    raise UsageError(_not_found(word, chapters, matches))


def _not_found(word: str, chapters: Sequence[Kernel], matches: Sequence[Kernel]) -> str:
    if matches:
        return f"'{word}' may be any of {', '.join(match.folder for match in matches)}; say more of the name"
    if word.isdecimal() and chapters:
        numbers = [chapter.number for chapter in chapters]
        return f"there is no chapter {word}; they go from {min(numbers)} to {max(numbers)}"
    names = [chapter.folder.split("-", 1)[-1] for chapter in chapters]
    guess = did_you_mean(word, [*names, *(chapter.folder for chapter in chapters)])
    return f"there is no chapter '{word}'{guess or '; chapters/chapters.json lists them all'}"
