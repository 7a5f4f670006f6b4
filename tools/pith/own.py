"""Kernels in folders of their own: of readers who follow the book, and answers to its exercises.

A folder with a kernel.json is a kernel. The file says which layers it links: `{"layer": "testing"}` links that one and all below.
With `"heap": "checking"` it gets the heap that checks how it is used.
The build learns of such kernels from a list (cmake/own/CMakeLists.txt reads it); only who is asked for is built.
"""

import json
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from pith import layers, paths
from pith.chapters import Kernel
from pith.errors import UsageError
from pith.nearest import did_you_mean

DESCRIPTION = "kernel.json"
KEYS = {"layer", "heap"}
SOURCES = ("*.cpp", "*.S")
LIST = paths.OUT / "own-kernels.json"
ALONE = "none"                              # the layer of a kernel that links nothing of ours
WAYS, WAYS_ALONE = ("bios", "pvh", "uefi"), ("bios",)


@dataclass(frozen=True)
class Own:
    """A kernel of somebody's own, as the build's list has it: `sources` are paths, with semicolons between."""

    name: str
    folder: str
    layer: str
    sources: str

    def kernel(self, name: str) -> Kernel:
        alone = self.layer == ALONE
        return Kernel(name=name, target=f"own-{self.name}", image=f"own/{self.name}",
                      boot=WAYS_ALONE if alone else WAYS, transcript="screen" if alone else "serial")


def path_from(word: str) -> Path:
    """A path as the user wrote it: ./pith itself works in the tree's root."""
    return (Path(os.environ.get("PITH_CALLED_FROM", ".")) / word).resolve()


def is_folder(word: str) -> bool:
    """Whether this word is a folder's path, and no chapter's name."""
    return "/" in word or word in (".", "..") or (path_from(word) / DESCRIPTION).exists()


def of_folder(word: str) -> Kernel:
    """The kernel in this folder, which the build knows from now on; raises UsageError where there is none."""
    folder = path_from(word)
    file = folder / DESCRIPTION
    if not folder.is_dir():
        raise UsageError(f"there is no folder '{word}'")
    if not file.is_file():
        raise UsageError(f"'{word}' holds no {DESCRIPTION}; it says which layers the kernel links, e.g. {{\"layer\": \"console\"}}")
    try:
        said = json.loads(file.read_text())
        layer = said["layer"]
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"{file} is not of the form {{\"layer\": \"console\"}}") from None
    if unknown := set(said) - KEYS:
        raise UsageError(f"{file}: '{unknown.pop()}' is none of {', '.join(sorted(KEYS))}")
    own = Own(name=re.sub(r"[^\w.-]", "-", folder.name), folder=str(folder), layer=layer, sources=sources_in(folder))
    add(own)
    return own.kernel(f"the kernel in {folder.name}")


def sources_in(folder: Path) -> str:
    """All sources in this folder, as the list wants them; raises UsageError where there are none."""
    found = [str(file) for pattern in SOURCES for file in sorted(folder.glob(pattern))]
    if not found:
        raise UsageError(f"{folder} holds no source: no file of the form {' or '.join(SOURCES)}")
    return ";".join(found)


def add(own: Own) -> None:
    """Puts the kernel on the build's list, in the place of one with the same name."""
    known = [ALONE, *layers.read(paths.ROOT / "kernel")]
    if own.layer not in known:
        raise UsageError(f"there is no layer '{own.layer}'{did_you_mean(own.layer, known)}; kernel/layers.txt lists them")
    others = [one for one in _listed() if one["name"] != own.name and Path(one["folder"]).is_dir()]
    kernels = [*others, asdict(own)]
    text = json.dumps(kernels, indent=1)
    if not LIST.exists() or LIST.read_text() != text:
        paths.made_directory(LIST.parent)
        LIST.write_text(text)   # the build sees that it changed


def _listed() -> list[dict]:
    return json.loads(LIST.read_text()) if LIST.exists() else []
