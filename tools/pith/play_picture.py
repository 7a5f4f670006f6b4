"""Whether a machine's screen shows what its serial line does: the VGA text screen, or a framebuffer in the console's font."""

from collections.abc import Sequence
from pathlib import Path

from pith import font, picture
from pith.errors import PithError
from pith.picture import Picture, Reader
from pith.qmp import MonitorError
from pith.screen import COLUMNS, ROWS
from pith.session import Session

TEXT_SCREEN = (720, 400)       # QEMU's picture of the VGA text screen, in pixels
NOT_ASCII = "■"                # on that screen


class Screen:
    """The screen of a machine in a session."""

    def __init__(self, session: Session, font_file: Path | None, scratch: Path) -> None:
        self._session, self._file = session, scratch / "screen.ppm"
        self._reader = Reader(font.read(font.unpacked(font_file))) if font_file else None

    def difference(self, rows: Sequence[str], cursor_row: int, cursor_column: int) -> list[str]:
        """Where it does not show these rows as its last, and the cursor there; nothing if it does."""
        seen = self._picture()
        if (seen.width, seen.height) == TEXT_SCREEN:
            return _last_rows_differ(_wrapped([_as_on_text_screen(row) for row in rows], COLUMNS), ROWS,
                                     self._session.screen().lines())
        if self._reader is None:
            raise PithError("to read a framebuffer, its font has to be named: --font PSF")
        columns, height = self._reader.size(seen)
        shown = self._reader.lines(seen)
        problem = _last_rows_differ(_wrapped([self._reader.as_shown(row) for row in rows], columns), height, shown)
        is_in_last_row = cursor_row == len(rows) - 1 and rows[-1] and cursor_column < columns
        if problem or not is_in_last_row:
            return problem
        turned = [column for column in range(columns) if self._reader.is_turned(seen, len(shown) - 1, column)]
        return [] if turned == [cursor_column] else [f"the cursor is in column {cursor_column}, and shown in {turned}"]

    def _picture(self) -> Picture:
        try:
            self._session.save_picture(self._file)
        except MonitorError:
            raise PithError("this machine has no screen") from None
        return picture.read_ppm(self._file.read_bytes())


def _wrapped(rows: Sequence[str], columns: int) -> list[str]:
    wrapped = picture.wrapped(rows, columns)
    while wrapped and not wrapped[-1]:
        wrapped.pop()
    return wrapped


def _last_rows_differ(wanted: Sequence[str], height: int, seen: Sequence[str]) -> list[str]:
    wanted = wanted[-height:]
    return picture.difference(wanted, seen[-len(wanted):])


def _as_on_text_screen(row: str) -> str:
    return "".join(character if " " <= character <= "~" else NOT_ASCII for character in row)
