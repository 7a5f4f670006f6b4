"""What a figure is: a name, how it is made, and what it comes from."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pith import paths
from pith.figures.svg import COLOURS, Drawing

# Whoever changes these wants all figures anew.
COMMON = (*(Path(__file__).with_name(name) for name in ("figure.py", "live.py", "svg.py")), COLOURS)


@dataclass(frozen=True)
class Figure:
    """`write` makes the file. It comes from these targets of the build (preset and name) and these files."""

    name: str
    summary: str                    # one sentence: what it shows
    write: Callable[[Path], None]
    files: tuple[Path, ...] = ()
    targets: tuple[tuple[str, str], ...] = ()
    suffix: str = ".svg"

    @property
    def file_name(self) -> str:
        return self.name + self.suffix

    def sources(self) -> list[Path]:
        """All that it comes from, the code that draws it among it."""
        return [*self.files, *COMMON]

    def is_current(self, made: Path) -> bool:
        """Whether the file is there, and younger than all that it comes from."""
        return paths.is_current(made, self.sources())


def drawn(name: str, summary: str, draw: Callable[[], Drawing], files: tuple[Path, ...] = (),
          targets: tuple[tuple[str, str], ...] = ()) -> Figure:
    """A figure that is a drawing."""
    return Figure(name, summary, lambda path: _write(path, draw()), files, targets)


def _write(path: Path, drawing: Drawing) -> None:
    path.write_text(drawing.svg())
