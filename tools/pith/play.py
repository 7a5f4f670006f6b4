"""Plays a session at a machine's prompt: `python3 -m pith.play SCRIPT --kernel ELF|--iso ISO …`; CTest calls it.

It types on the serial line and on the keyboard, and checks what the machine answers. pith/play_script.py says what a
script holds. The session has failed at the first step that does not come true; then all that came is shown.
"""

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from pith import keys, play_picture, transcript
from pith.chapters import PROMPT
from pith.errors import PithError
from pith.machine_test import machine, parser_of
from pith.play_script import Line, ScriptError, Step, json_problem, parse
from pith.prompt import End, Listener, Prompt
from pith.session import Session

KEY_MILLISECONDS = 2    # how long a key is held down
KEY_SECONDS = 0.25      # most keys show something at once; to those that show nothing we give so long
ECHO_SECONDS = 0.02     # so long is silence between what comes in one piece
FINISHING_KEYS = ("ret", "ctrl-c")   # after these there is a prompt again
PICTURE_SECONDS = 5     # the kernel may write to its screens one after the other
UNSHOWN = "\ufffd"      # in place of characters that may take more cells than one (kernel/input/text.hpp)
_ENDS = {"off": End.OFF, "reset": End.RESET, "halt": End.HALT}
_LOOKS = ("expect", "lacks", "json", "picture", *_ENDS)   # what can be asked of a machine that has ended


class Player:
    """Takes steps at a prompt. Where one does not come true, ScriptError says which, and why."""

    def __init__(self, at: Prompt, screen: play_picture.Screen) -> None:
        self._prompt, self._screen = at, screen
        self._layout = "us"
        self._start = 0                     # the row of the prompt where something was typed last
        self._typed: str | None = ""        # what stands behind it, as far as that is known
        self._has_typed = self._is_answered = False
        self._end: End | None = None        # how the script says that the machine has ended

    def play(self, steps: Sequence[Step]) -> None:
        """All of them, from the machine's first prompt on."""
        last = steps[-1].number if steps else 0
        self._try(self._await_first, 0)
        for step in steps:
            self._try(lambda: self._take(step), step.number)
        if self._prompt.ended is not self._end:
            raise ScriptError(last, f"{self._prompt.ended.value}, and the script does not say so")

    def since(self) -> list[str]:
        """The rows that came since the last thing typed: behind a finished line its answer, else the line, too."""
        if not self._has_typed:
            return self._prompt.rendering.rows()
        rows = [row.rstrip() for row in self._prompt.rendering.rows(self._start)]
        prompts = self._prompts()
        if not self._is_answered or not prompts:
            return rows
        is_back = self._prompt.is_empty() and len(prompts) > 1
        first = prompts[-2] if is_back else prompts[-1]
        return rows[first + self._rows_of_line(first):prompts[-1] if is_back else len(rows)]

    @staticmethod
    def _try(action: Callable[[], None], number: int) -> None:
        try:
            action()
        except ScriptError:
            raise
        except PithError as error:
            raise ScriptError(number, str(error)) from None

    def _await_first(self) -> None:
        self._prompt.await_empty()
        if self._prompt.ended is not None:
            raise PithError(f"{self._prompt.ended.value} before there was a prompt")
        self._start = self._prompt.rendering.row

    def _take(self, step: Step) -> None:
        if self._prompt.ended is not None and step.word not in _LOOKS:
            raise PithError(f"'{step.word}' comes too late: {self._prompt.ended.value}")
        actions = {"serial>": self._type_on_line, "keys>": self._type_on_keyboard, "press": self._press,
                   "send": self._send, "start": self._start_line, "layout": self._use_layout, "flood": self._flood, "expect": self._expect,
                   "lacks": self._lacks, "json": self._json, "picture": self._picture}
        if step.word in _ENDS:
            self._await_end(_ENDS[step.word])
        else:
            actions[step.word](step.text)

    # ---- typing ----------------------------------------------------------------------------------------------

    def _type_on_line(self, text: str) -> None:
        line = Line.of(text)
        self._begin()
        before = self._prompt.count(self._start)
        self._prompt.type(line.text + "\r" * line.is_finished)
        self._finish(line, before)

    def _type_on_keyboard(self, text: str) -> None:
        line = Line.of(text)
        self._begin()
        before = self._prompt.count(self._start)
        for key in keys.typed(line.text, self._layout):
            self._press_key(key)
        if line.is_finished:
            self._prompt.press("ret", KEY_MILLISECONDS)
        self._finish(line, before)

    def _press_key(self, key: str) -> None:
        """One key at a time: a keyboard keeps 16 bytes at most, and QEMU drops the rest."""
        self._prompt.press(key, KEY_MILLISECONDS)
        self._await_echo()

    def _await_echo(self) -> None:
        """Until all has come that a key shows."""
        seconds = KEY_SECONDS
        while self._prompt.listen(seconds):
            seconds = ECHO_SECONDS

    def _start_line(self, text: str) -> None:
        self._begin()
        self._typed = text
        self._prompt.type(f"{text}\r")
        self._prompt.wait_until(self._is_typed, f"'{text}' was not shown")

    def _press(self, key: str) -> None:
        self._begin()
        self._finish_by(key, self._press_key)

    def _send(self, key: str) -> None:
        self._begin()
        self._finish_by(key, self._send_key)

    def _send_key(self, key: str) -> None:
        self._prompt.type(keys.sent(key))
        self._await_echo()

    def _finish_by(self, key: str, give: Callable[[str], None]) -> None:
        """What is on the line after a key, only the kernel knows; but some keys end it, whatever it is."""
        before, self._typed = self._prompt.count(self._start), None
        give(key)
        if key in FINISHING_KEYS:
            self._prompt.await_empty(self._start, before)
            self._is_answered = key != "ctrl-c"   # what was given up may be asked for

    def _use_layout(self, name: str) -> None:
        keys.typed("", name)
        self._layout = name

    def _begin(self) -> None:
        """Something is about to be typed: into an empty line, or behind what stands there."""
        self._has_typed, self._is_answered = True, False
        if self._prompt.is_empty():
            self._start, self._typed = self._prompt.rendering.row, ""

    def _finish(self, line: Line, before: int) -> None:
        """Waits until the line is there or, if it is finished, answered."""
        if self._typed is not None:
            self._typed += line.text
        if line.is_finished:
            self._prompt.await_empty(self._start, before)
            self._is_answered = True
        else:
            self._prompt.wait_until(lambda: self._typed is None or self._is_typed(), f"'{self._typed}' was not shown")
        if self._typed is not None and not self._is_typed():
            raise PithError(f"'{self._typed}' was typed, and this stands there: '{self._prompt.rendering.rows(self._start)[0]}'")

    def _joined(self) -> str:
        return "".join(self._prompt.rendering.rows(self._start))

    def _is_typed(self) -> bool:
        return _shown(self._prompt.text + self._typed).match(self._joined()) is not None

    def _prompts(self) -> list[int]:
        rows = self._prompt.rendering.rows(self._start)
        return [number for number, row in enumerate(rows) if row.startswith(self._prompt.text)]

    def _rows_of_line(self, first: int) -> int:
        """How many rows the line takes that begins there: the kernel breaks long ones."""
        rows, length, count = self._prompt.rendering.rows(self._start + first), 0, 0
        while count < 1 or (count < len(rows) and length < len(self._prompt.text + (self._typed or ""))):
            length += len(rows[count])
            count += 1
        return count

    # ---- looking ---------------------------------------------------------------------------------------------

    def _expect(self, text: str) -> None:
        if self._has_typed and not self._is_answered:
            self._prompt.wait_until(lambda: self._has(text), f"'{text}' did not come")
        if not self._has(text):
            raise PithError(f"'{text}' was expected, and did not come")

    def _lacks(self, text: str) -> None:
        if self._has(text):
            raise PithError(f"'{text}' came, and should not have")

    def _has(self, text: str) -> bool:
        return any(re.search(transcript.line_pattern(text), row) for row in self.since())

    def _json(self, wanted: str) -> None:
        if problem := json_problem(wanted, self.since()):
            raise PithError(problem)

    def _picture(self, _: str) -> None:
        deadline = time.monotonic() + PICTURE_SECONDS
        while problem := self._picture_problem():
            if time.monotonic() > deadline:
                raise PithError("\n".join(["the screen does not show what serial does:", *problem]))
            self._prompt.listen(ECHO_SECONDS)

    def _picture_problem(self) -> list[str]:
        rendering = self._prompt.rendering
        first = max(self._start, rendering.page)
        return self._screen.difference(rendering.rows(first), rendering.row - first, rendering.column)

    def _await_end(self, end: End) -> None:
        self._prompt.await_end()
        if self._prompt.ended is not end:
            raise PithError(f"{self._prompt.ended.value}; expected was: {end.value}")
        self._end = end

    # ---- flooding --------------------------------------------------------------------------------------------

    def _flood(self, text: str) -> None:
        count, line = text.split(" ", 1)
        lines = [line.replace("#", str(number)) for number in range(1, int(count) + 1)]
        self._begin()
        self._prompt.type("".join(f"{line}\r" for line in lines))
        self._prompt.await_empty(self._start, len(lines))
        self._is_answered, self._typed = True, lines[-1]
        for number, line in enumerate(lines, 1):
            self._check_answer(number, line, must_have=str(number) if "#" in text else "")

    def _check_answer(self, number: int, line: str, must_have: str) -> None:
        rows, prompts = self._prompt.rendering.rows(self._start), self._prompts()
        first = prompts[number - 1]
        end = prompts[number] if number < len(prompts) else len(rows)
        if rows[first] != self._prompt.text + line:
            raise PithError(f"line {number} of the flood is not '{line}' but '{rows[first]}'")
        if not any(must_have in row for row in rows[first + 1:end]):
            raise PithError(f"'{line}', line {number} of the flood, was not answered")


def _shown(text: str) -> re.Pattern[str]:
    """What a typed text may look like: not all characters are shown."""
    return re.compile("".join(re.escape(character) if character.isascii() else f"[{character}{UNSHOWN}]"
                              for character in text))


def perform(options: argparse.Namespace) -> tuple[str, list[str]]:
    """Plays the session; returns what was wrong with it, or nothing, and all that came."""
    steps = parse(options.script.read_text())
    with (tempfile.TemporaryDirectory(prefix="pith-play-") as scratch,
          Listener(Path(scratch), options.log) as listener,
          Session(machine(options), listener.device) as session,
          listener.accept() as line):
        at = Prompt(session, line, options.prompt, options.timeout)
        screen = play_picture.Screen(session, options.font, Path(scratch))
        try:
            Player(at, screen).play(steps)
        except PithError as error:
            return str(error), at.rendering.rows()
    return "", []


def _options() -> argparse.Namespace:
    parser = parser_of("pith.play", __doc__)
    parser.add_argument("script", type=Path, metavar="SCRIPT")
    parser.add_argument("--prompt", default=PROMPT, metavar="TEXT", help=f"default: '{PROMPT}'")
    options = parser.parse_args()
    options.until = "halt"   # no port by which the kernel could end QEMU
    return options


def main() -> int:
    options = _options()
    try:
        problem, rows = perform(options)
    except (PithError, OSError) as error:
        problem, rows = str(error), []
    if not problem:
        return 0
    print(f"{options.script}: {problem}", "--- all that came:", *rows, sep="\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
