"""Whether a machine's screen shows what its serial line does: the text screen, or a framebuffer in the console's font."""

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
            wanted = Wanted(rows, COLUMNS, ROWS)
            shown = [_as_on_text_screen(row) for row in wanted.rows]
            return _last_rows_differ(shown, self._session.screen().lines())
        if self._reader is None:
            raise PithError("to read a framebuffer, its font has to be named: --font PSF")
        return framebuffer_difference(self._reader, seen, rows, cursor_row, cursor_column)

    def _picture(self) -> Picture:
        try:
            self._session.save_picture(self._file)
        except MonitorError:
            raise PithError("this machine has no screen") from None
        return picture.read_ppm(self._file.read_bytes())


class Wanted:
    """Rows of any length as a screen has room for them: the last ones, each no longer than the screen is wide."""

    def __init__(self, rows: Sequence[str], columns: int, height: int) -> None:
        all_rows = picture.wrapped(rows, columns)
        while all_rows and not all_rows[-1]:
            all_rows.pop()
        self.rows = all_rows[-height:]
        self.dropped = len(all_rows) - len(self.rows)


def framebuffer_difference(reader: Reader, seen: Picture, rows: Sequence[str],
                           cursor_row: int, cursor_column: int) -> list[str]:
    """What is wrong with a picture that has to show these rows as its last, and the cursor there; nothing if it does."""
    columns, height = reader.size(seen)
    wanted, shown = Wanted(rows, columns, height), reader.lines(seen)
    if problem := _last_rows_differ([reader.as_shown(row) for row in wanted.rows], shown):
        return problem
    top = len(shown) - len(wanted.rows)
    row_above = len(picture.wrapped(rows[:cursor_row], columns)) - wanted.dropped
    cursor = (top + row_above + cursor_column // columns, cursor_column % columns)
    turned = {(top + row, column) for row, text in enumerate(wanted.rows) for column in range(columns)
              if text[column:column + 1] in ("", " ") and reader.is_turned(seen, top + row, column)}
    strays = sorted(turned - {cursor})
    missing = [] if reader.is_turned(seen, *cursor) else [cursor]
    return [*[f"the cursor is not shown in row {row}, column {column}" for row, column in missing],
            *[f"there is a cursor left behind in row {row}, column {column}" for row, column in strays]]


def _last_rows_differ(wanted: Sequence[str], seen: Sequence[str]) -> list[str]:
    return picture.difference(wanted, seen[-len(wanted):])


def _as_on_text_screen(row: str) -> str:
    return "".join(character if " " <= character <= "~" else NOT_ASCII for character in row)
