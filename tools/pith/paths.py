"""Where things are in the tree, and where what we make goes."""

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


def made_directory(path: Path) -> Path:
    """The directory, made if it is not there yet."""
    path.mkdir(parents=True, exist_ok=True)
    return path
