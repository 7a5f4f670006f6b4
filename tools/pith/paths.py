"""Where things are in the tree, and where what we make goes."""

from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tools"
OUT = ROOT / "out"
LOGS = OUT / "log"
KERNEL_BUILD = OUT / "build" / "kernel"
HOST_BUILD = OUT / "build" / "host"


def shown(path: Path) -> str:
    """The path as we print it: from the root of the tree where possible."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def is_current(made: Path, sources: Iterable[Path]) -> bool:
    """Whether the file is there, and no older than all that it comes from."""
    return made.is_file() and all(
        source.is_file() and source.stat().st_mtime <= made.stat().st_mtime for source in sources)


def made_directory(path: Path) -> Path:
    """The directory, made if it is not there yet."""
    path.mkdir(parents=True, exist_ok=True)
    return path
