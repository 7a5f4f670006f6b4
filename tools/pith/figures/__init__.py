"""The figures of the book: `python3 -m pith.figures [NAME…]` makes them, out/figures holds them.

Each is made by code: screenshots from QEMU's screen, memory and tables from a machine that runs, layouts of bits from the
kernel's own types, the rest from what the tree says. A module has one kind of them, and a list FIGURES.
"""

from collections.abc import Iterable
from pathlib import Path

from pith import build as building
from pith import paths
from pith.errors import UsageError
from pith.figures import bits, drawings, matrix, memory, screens, spaces, tables, tree
from pith.figures.figure import Figure
from pith.nearest import did_you_mean

FOLDER = paths.OUT / "figures"
PACKAGES = ("build", "run", "host", "bochs")   # what making them needs; Bochs runs a part of the fault matrix
_MODULES = (screens, tables, spaces, memory, bits, tree, drawings, matrix)   # the matrix last: it may take minutes
_BY_NAME: dict[str, Figure] = {figure.name: figure for module in _MODULES for figure in module.FIGURES}
NAMES: tuple[str, ...] = tuple(_BY_NAME)


def find(name: str) -> Figure:
    if name not in _BY_NAME:
        raise UsageError(f"there is no figure '{name}'{did_you_mean(name, NAMES)}")
    return _BY_NAME[name]


def describe(name: str) -> str:
    """One sentence: what it shows."""
    return find(name).summary


def make(names: Iterable[str] = NAMES, to: Path = FOLDER, build: bool = True, anew: bool = False) -> list[Path]:
    """Makes those that are missing, or older than what they come from (or all, `anew`); returns their files.

    What they come from is built before, unless it is to be taken as it is.
    """
    wanted = [find(name) for name in names]
    if build:
        for preset, target in dict.fromkeys(target for figure in wanted for target in figure.targets):
            building.target(preset, target)
    paths.made_directory(to)
    return [_made(figure, to / figure.file_name, anew) for figure in wanted]


def _made(figure: Figure, file: Path, anew: bool) -> Path:
    if anew or not figure.is_current(file):
        scratch = file.with_suffix(".new" + figure.suffix)
        try:
            figure.write(scratch)
            scratch.rename(file)
        finally:
            scratch.unlink(missing_ok=True)
    return file
