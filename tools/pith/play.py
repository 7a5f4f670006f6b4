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
from pith.machine_test import described, machine, machine_parser
from pith.play_script import Line, ScriptError, Step, json_problem, parse
from pith.prompt import End, Listener, Prompt
from pith.session import Session
from pith.typed_line import TypedLine

KEY_MILLISECONDS = 2    # how long a key is held down
KEY_SECONDS = 0.25      # most keys show something at once; to those that show nothing we give so long
ECHO_SECONDS = 0.02     # so long is silence between what comes in one piece
FINISHING_KEYS = ("ret", "ctrl-c")   # after these there is a prompt again
PICTURE_SECONDS = 5     # the kernel may write to its screens one after the other
_ENDS = {"off": End.OFF, "reset": End.RESET, "halt": End.HALT}
_LOOKS = ("expect", "lacks", "json", "picture", *_ENDS)   # what can be asked of a machine that has ended


class Player:
    """Takes steps at a prompt. Where one does not come true, ScriptError says which, and why.

    Without a screen no step may ask for a picture.
    """

    def __init__(self, at: Prompt, screen: play_picture.Screen | None) -> None:
        self._prompt, self._screen = at, screen
        self._line = TypedLine(at)
        self._layout = "us"
        self._end: End | None = None        # how the script says that the machine has ended
        self._actions = {"serial>": self._type_on_line, "keys>": self._type_on_keyboard, "start": self._start,
                         "press": self._press, "send": self._send, "monitor": self._prompt.monitor,
                         "layout": self._use_layout, "flood": self._flood,
                         "expect": self._expect, "lacks": self._lacks, "json": self._json, "picture": self._picture}

    def play(self, steps: Sequence[Step]) -> None:
        """All of them, from the machine's first prompt on."""
        last = steps[-1].number if steps else 0
        _at_line(0, self._await_first)
        for step in steps:
            _at_line(step.number, lambda: self._take(step))
        if self._prompt.ended is not self._end:
            raise ScriptError(last, f"{self._prompt.ended.value}, and the script does not say so")

    def _await_first(self) -> None:
        self._prompt.await_empty()
        if self._prompt.ended is not None:
            raise PithError(f"{self._prompt.ended.value} before there was a prompt")
        self._line = TypedLine(self._prompt)

    def _take(self, step: Step) -> None:
        if self._prompt.ended is not None and step.word not in _LOOKS:
            raise PithError(f"'{step.word}' comes too late: {self._prompt.ended.value}")
        if step.word in _ENDS:
            self._await_end(_ENDS[step.word])
        else:
            self._actions[step.word](step.text)

    # ---- typing ----------------------------------------------------------------------------------------------

    def _type_on_line(self, text: str) -> None:
        line, before = Line.of(text), self._begin()
        self._prompt.type(line.text + "\r" * line.is_finished)
        self._finish(line, before)

    def _type_on_keyboard(self, text: str) -> None:
        line, before = Line.of(text), self._begin()
        for key in keys.typed(line.text, self._layout):
            self._press_key(key)
        if line.is_finished:
            self._prompt.press("ret", KEY_MILLISECONDS)
        self._finish(line, before)

    def _start(self, text: str) -> None:
        self._begin()
        self._prompt.type(f"{text}\r")
        self._line.add(text)
        self._prompt.wait_until(self._line.is_shown, f"'{text}' was not shown")

    def _begin(self) -> int:
        """Something is about to be typed. Returns how many prompts there are from that line on."""
        self._line.begin()
        return self._prompt.count(self._line.start)

    def _finish(self, line: Line, before: int) -> None:
        """Waits until the line is there or, if it is finished, answered."""
        self._line.add(line.text)
        if line.is_finished:
            self._prompt.await_empty(self._line.start, before)
            self._line.answer()
        else:
            self._prompt.wait_until(self._line.is_shown, f"'{line.text}' was not shown")
            self._await_echo()   # behind what a key has left there, nobody knows what has to stand
        self._line.check()

    def _press(self, key: str) -> None:
        self._edit(key, self._press_key)

    def _send(self, key: str) -> None:
        self._edit(key, self._send_key)

    def _edit(self, key: str, give: Callable[[str], None]) -> None:
        """What is on the line after a key, only the kernel knows; but some keys end it, whatever it is."""
        before = self._begin()
        self._line.is_edited()
        give(key)
        if key in FINISHING_KEYS:
            self._prompt.await_empty(self._line.start, before)
        if key == "ret":   # what was given up may be asked for
            self._line.answer()

    def _press_key(self, key: str) -> None:
        """One key at a time: a keyboard keeps 16 bytes at most, and QEMU drops the rest."""
        self._prompt.press(key, KEY_MILLISECONDS)
        self._await_echo()

    def _send_key(self, key: str) -> None:
        self._prompt.type(keys.sent(key))
        self._prompt.wait_until(lambda: not self._prompt.is_sending(), "the serial line took nothing")
        self._await_echo()

    def _await_echo(self) -> None:
        """Until all has come that a key shows."""
        seconds = KEY_SECONDS
        while self._prompt.listen(seconds):
            seconds = ECHO_SECONDS

    def _use_layout(self, name: str) -> None:
        keys.typed("", name)
        self._layout = name

    def _flood(self, text: str) -> None:
        count, line = text.split(" ", 1)
        lines = [line.replace("#", str(number)) for number in range(1, int(count) + 1)]
        self._begin()
        self._prompt.type("".join(f"{line}\r" for line in lines))
        self._line.add(lines[-1])
        self._prompt.await_empty(self._line.start, len(lines))
        self._line.answer()
        for number, line in enumerate(lines, 1):
            self._check_answer(number, line, must_have=str(number) if "#" in text else "")

    def _check_answer(self, number: int, line: str, must_have: str) -> None:
        rows, prompts = self._prompt.rendering.rows(self._line.start), self._line.prompts()
        first, end = prompts[number - 1], [*prompts, len(rows)][number]
        if rows[first] != self._prompt.text + line:
            raise PithError(f"line {number} of the flood is not '{line}' but '{rows[first]}'")
        if not any(must_have in row for row in rows[first + 1:end]):
            raise PithError(f"'{line}', line {number} of the flood, was not answered")

    # ---- looking ---------------------------------------------------------------------------------------------

    def _expect(self, text: str) -> None:
        if self._line.is_open():
            self._prompt.wait_until(lambda: self._has(text), f"'{text}' did not come")
        if not self._has(text):
            raise PithError(f"'{text}' was expected, and did not come")

    def _lacks(self, text: str) -> None:
        if self._has(text):
            raise PithError(f"'{text}' came, and should not have")

    def _has(self, text: str) -> bool:
        return any(re.search(transcript.line_pattern(text), row) for row in self._line.since())

    def _json(self, wanted: str) -> None:
        if problem := json_problem(wanted, self._line.since()):
            raise PithError(problem)

    def _picture(self, _: str) -> None:
        deadline = time.monotonic() + PICTURE_SECONDS
        while problem := self._picture_problem():
            if time.monotonic() > deadline:
                raise PithError("\n".join(["the screen does not show what serial does:", *problem]))
            self._prompt.listen(ECHO_SECONDS)

    def _picture_problem(self) -> list[str]:
        if self._screen is None:
            raise PithError("this machine's screen is not read")
        rendering = self._prompt.rendering
        first = max(self._line.start, rendering.page)
        return self._screen.difference(rendering.rows(first), rendering.row - first, rendering.column)

    def _await_end(self, end: End) -> None:
        self._prompt.await_end()
        if self._prompt.ended is not end:
            raise PithError(f"{self._prompt.ended.value}; expected was: {end.value}")
        self._end = end


def _at_line(number: int, action: Callable[[], None]) -> None:
    """What goes wrong is a problem of that line."""
    try:
        action()
    except PithError as error:
        raise ScriptError(number, str(error)) from None


def perform(options: argparse.Namespace) -> tuple[str, list[str]]:
    """Plays the session; returns what was wrong with it, or nothing, and all that came."""
    steps = parse(options.script.read_text())
    with (tempfile.TemporaryDirectory(prefix="pith-play-") as scratch,
          Listener(options.log) as listener,
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
    parser = machine_parser("pith.play", __doc__)
    parser.add_argument("script", type=Path, metavar="SCRIPT")
    parser.add_argument("--prompt", default=PROMPT, metavar="TEXT", help=f"default: '{PROMPT}'")
    parser.set_defaults(until="halt")   # no port by which the kernel could end QEMU
    return described(parser)


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
