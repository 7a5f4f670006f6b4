"""Plays the boot matrix's session on one machine in QEMU, by what it can be talked to, and says what came of it.

    serial line            typed and read there (pith/play.py)
    keyboard and screen    keys are pressed, and the screen is read
    neither to type on     the session stands on the command line; a screen shows its last answers, and without one what
                           can be seen is that the machine switches itself off when it has come to the end
"""

import hashlib
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from threading import Lock

from pith import font, iso, keys, picture, transcript
from pith.chapters import PROMPT
from pith.errors import PithError
from pith.matrix_table import Case
from pith.play import KEY_MILLISECONDS, Player
from pith.play_script import ScriptError, Step
from pith.prompt import Listener, Prompt
from pith.qemu import Machine
from pith.qmp import MonitorClosed, MonitorError
from pith.session import Rest, Session

SECONDS = 240            # a guard against machines that hang: for an answer, or the end
LOOK_SECONDS = 0.03
ANSWERS_SHOWN = 3        # of so many lines of the session the answers fit on a text screen
KEYS_AT_ONCE = 5
TYPED = PROMPT.rstrip()  # as a screen's row has it
ALWAYS = ("Pith greets you", "no surprises")


class Seen(StrEnum):
    """By what it is known what came of a machine."""

    TRANSCRIPT = "by their whole transcript"             # lived
    SCREEN = "by their screen"
    POWER_OFF = "by their power-off only"
    SENTENCE = "with the sentence"                       # refused
    NUMBER = "with its number on the screen"
    SILENCE = "in silence"


@dataclass
class Result:
    """What came of a machine: what was wrong, or nothing, and all that it printed, or showed at its end."""

    problem: str = ""
    lines: list[str] = field(default_factory=list)
    seen: Seen | None = None


@dataclass(frozen=True)
class Images:
    """The system as it is started. Under GRUB a command line is inside the ISO, so one more is made where one is wanted."""

    elf: Path
    iso: Path
    font: Path
    scratch: Path
    lock: Lock = field(default_factory=Lock)

    def iso_with(self, command_line: str) -> Path:
        if not command_line:
            return self.iso
        path = self.scratch / f"{hashlib.sha256(command_line.encode()).hexdigest()}.iso"
        with self.lock:
            if not path.exists():
                iso.make(self.elf, path, command_line)
        return path


def machine(case: Case, images: Images, line: str = "") -> Machine:
    boot, memory, flags = case.get("boot"), case.get("memory"), case.get("flags")
    by_kernel = boot == "pvh"
    return Machine(
        boot=boot, kernel=images.elf if by_kernel else None, iso=None if by_kernel else images.iso_with(line),
        command_line=line if by_kernel else "", medium=case.get("medium") or "cd", model=case.get("model"),
        memory=memory, cpus=case.get("cpus"), cpu=case.get("cpu") + (f",{flags}" if flags else ""),
        extra=(*case.all("qemu"), *_sparse(memory), *_no_serial(case)))


def _sparse(memory: str) -> list[str]:
    """Memory of which the host gives what is used."""
    return ["-object", f"memory-backend-ram,id=ram,size={memory},reserve=off", "-machine", "memory-backend=ram"]


def _no_serial(case: Case) -> list[str]:
    """Session wants a serial port somewhere: it stands where nobody looks for one."""
    if case.has("serial"):
        return []
    return ["-machine", "isa-serial=off"] if case.get("model") == "microvm" else ["-global", "isa-serial.iobase=0x2f8"]


def play(case: Case, steps: Sequence[Step], images: Images) -> Result:
    """Starts the machine, and plays the session as it can be played there."""
    with tempfile.TemporaryDirectory(prefix="pith-matrix-") as scratch:
        try:
            return _way(case)(case, steps, images, Path(scratch))
        except (PithError, OSError, MonitorClosed, MonitorError) as error:
            return Result(str(error) or "QEMU ended while its screen was read")


def _way(case: Case) -> Callable[[Case, Sequence[Step], Images, Path], Result]:
    if case.get("refuses"):
        return _await_refusal
    if case.has("serial"):
        return _play_on_serial
    return _play_on_screen if case.has("keyboard") and case.has("screen") else _play_by_itself


# ---- The serial line ---------------------------------------------------------------------------------------------


def _play_on_serial(case: Case, steps: Sequence[Step], images: Images, scratch: Path) -> Result:
    del scratch
    with (Listener() as listener, Session(machine(case, images), listener.device) as session,
          listener.accept() as line):
        return play_at(Prompt(session, line, PROMPT, SECONDS), case, steps)


def play_at(prompt: Prompt, case: Case, steps: Sequence[Step]) -> Result:
    """Plays all at a prompt, and looks at all that was printed."""
    result = Result(seen=Seen.TRANSCRIPT)
    try:
        Player(prompt, None).play([*steps, *_last_steps(case)])
    except ScriptError as error:
        result.problem = str(error)
    result.lines = [row.rstrip() for row in prompt.rendering.rows()]
    result.problem = result.problem or "; ".join(_wrong(case, result.lines))
    return result


def _last_steps(case: Case) -> list[Step]:
    if sentence := case.get("cannot_power_off"):
        return [Step(0, "serial>", "poweroff"), Step(0, "expect", sentence)]
    return [Step(0, "serial>", "poweroff"), Step(0, "off", "")]


def _wrong(case: Case, lines: Sequence[str]) -> list[str]:
    """What is wrong with what a machine printed that lived."""
    wrong = [f"it does not say '{text}'" for text in [*ALWAYS, *case.all("says")] if not has_text(lines, text)]
    wrong += [f"it says '{text}'" for text in ["PANIC", *case.all("lacks")] if has_text(lines, text)]
    frames = [int(match[1]) for line in lines if (match := re.fullmatch(r"  (\d+) frames of 4 KiB: \d+ MiB", line))]
    least = (case.get("least") or 0) * 256
    if frames[:1] < [least]:
        wrong.append(f"it has {frames[0] if frames else 'no'} frames of memory, and not {least}")
    return wrong


def has_text(lines: Sequence[str], text: str) -> bool:
    pattern = re.compile(transcript.line_pattern(text))
    return any(pattern.search(line) for line in lines)


# ---- The screen --------------------------------------------------------------------------------------------------


class Display:
    """What a machine shows, as rows of text: the text screen, or a framebuffer in the console's font."""

    def __init__(self, session: Session, case: Case, images: Images, scratch: Path) -> None:
        self._session, self._file = session, scratch / "screen.ppm"
        self._reader = picture.Reader(font.read(font.unpacked(images.font))) if case.get("boot") == "uefi" else None

    def rows(self) -> list[str]:
        if self._reader is None:
            return self._session.screen().lines()
        self._session.save_picture(self._file)
        rows = [row.rstrip() for row in self._reader.lines(picture.read_ppm(self._file.read_bytes()))]
        while rows and not rows[-1]:
            rows.pop()
        return rows

    def last(self) -> str:
        return (self.rows() or [""])[-1]


def _play_on_screen(case: Case, steps: Sequence[Step], images: Images, scratch: Path) -> Result:
    result = Result(seen=Seen.SCREEN)
    with Session(machine(case, images), _nowhere(scratch)) as session:
        display = Display(session, case, images, scratch)
        try:
            _await(session, lambda: display.last() == TYPED, "no prompt came")
            for step in [*steps, *_last_steps(case)]:
                result.lines = _take(session, display, step, result.lines)
        except PithError as error:
            result = Result(str(error), display.rows())
    return result


def _take(session: Session, display: Display, step: Step, shown: list[str]) -> list[str]:
    """Takes a step; returns what the screen shows then."""
    if step.word == "expect" and not has_text(shown, step.text):
        raise PithError(f"line {step.number}: '{step.text}' was expected, and did not come")
    if step.word != "serial>":
        return shown   # "off" is awaited by what is typed before it
    _type(session, display, step.text)
    session.press("ret", KEY_MILLISECONDS)
    if step.text == "poweroff" and _ends(session, display):
        if session.shutdown_reason() != "guest-shutdown":
            raise PithError(f"the machine ended: {session.shutdown_reason()}")
        return shown
    _await(session, lambda: display.last() == TYPED, f"'{step.text}' was not answered")
    return display.rows()


def _type(session: Session, display: Display, text: str) -> None:
    """Types a line, a few keys at a time: a keyboard keeps 16 bytes, two a key, and QEMU drops the rest."""
    for end in range(KEYS_AT_ONCE, len(text) + KEYS_AT_ONCE, KEYS_AT_ONCE):
        for key in keys.typed(text[end - KEYS_AT_ONCE:end], "us"):
            session.press(key, KEY_MILLISECONDS)
        shown = f"{TYPED} {text[:end]}".rstrip()
        _await(session, lambda: display.last() == shown, f"'{shown}' was not shown")


def _ends(session: Session, display: Display) -> bool:
    """Whether the machine ends; else it is back at its prompt."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if not session.wait(LOOK_SECONDS):
            return True
        if display.last() == TYPED:
            return False
    raise PithError("the machine did not switch itself off")


def _await(session: Session, condition: Callable[[], bool], complaint: str) -> None:
    """Lets the machine run until the condition holds; if it ends, that is an error."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        if not session.wait(LOOK_SECONDS):
            raise PithError(f"{complaint}: the machine ended ({session.shutdown_reason()} {session.errors()})")
        if session.halted():
            raise PithError(f"{complaint}: the kernel halted")
        if time.monotonic() > deadline:
            raise PithError(f"{complaint} within {SECONDS} seconds")


def _nowhere(scratch: Path) -> str:
    return f"file,path={scratch / 'serial.log'}"


# ---- Nothing to type on ------------------------------------------------------------------------------------------


def _play_by_itself(case: Case, steps: Sequence[Step], images: Images, scratch: Path) -> Result:
    with Session(machine(case, images, command_line(case, steps)), _nowhere(scratch)) as session:
        if not case.has("screen"):
            return _await_off(session)
        display = Display(session, case, images, scratch)
        _await(session, lambda: session.rest() is Rest.IDLE and display.last() == TYPED, "it did not come to its prompt")
        rows = display.rows()
        return Result(answers_problem(rows, steps), rows, Seen.SCREEN)


def command_line(case: Case, steps: Sequence[Step]) -> str:
    """The session as the kernel's command line has it."""
    lines = [step.text for step in steps if step.word == "serial>"]
    return f'run="{";".join(lines if case.has("screen") else [*lines, "poweroff"])}"'


def answers_problem(rows: Sequence[str], steps: Sequence[Step]) -> str:
    """What is wrong with the last answers, which a screen has to show, in order; those before have scrolled away."""
    starts = [index for index, step in enumerate(steps) if step.word == "serial>"]
    left = list(rows)
    for step in steps[starts[-ANSWERS_SHOWN:][0]:]:
        if step.word == "serial>":
            line = step.text    # the command line's are not shown, only answered
            continue
        found = next((index for index, row in enumerate(left) if has_text([row], step.text)), None)
        if found is None:
            return f"the screen does not show '{step.text}', which '{line}' answers"
        del left[:found + 1]
    return "the screen says 'PANIC'" if has_text(rows, "PANIC") else ""


def _await_off(session: Session) -> Result:
    """No console: what it has done is seen by its end."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if not session.wait(LOOK_SECONDS):
            reason = session.shutdown_reason()
            problem = "" if reason == "guest-shutdown" else f"the machine ended: {reason} {session.errors()}".rstrip()
            return Result(problem, seen=Seen.POWER_OFF)
        if session.halted():
            return Result("the kernel halted, and should have switched the machine off")
    return Result(f"the machine did not switch itself off within {SECONDS} seconds")


# ---- Refused -----------------------------------------------------------------------------------------------------


def _await_refusal(case: Case, steps: Sequence[Step], images: Images, scratch: Path) -> Result:
    """It has to say why, where it can, and to halt for good."""
    del steps
    with Session(machine(case, images), _nowhere(scratch)) as session:
        _await_halt(session)
        screen = session.screen().lines() if case.has("screen") else []
    serial = transcript.clean((scratch / "serial.log").read_bytes().decode(errors="replace"))
    return judged_refusal(case, serial if case.has("serial") else None,
                          screen if case.has("screen") and case.get("boot") != "uefi" else None)


def judged_refusal(case: Case, serial: Sequence[str] | None, screen: Sequence[str] | None) -> Result:
    """What is wrong with what it said, by the serial line and the text screen, where there are such."""
    sentence = case.get("refuses")
    number = " ".join(sentence.split()[:2]).rstrip(":")
    result = Result("", list(serial if serial is not None else screen or []), Seen.SILENCE)
    if screen is not None:
        result.seen = Seen.NUMBER
        if not has_text(screen, number):
            result.problem = f"the screen does not show '{number}'"
    if serial is not None:
        result.seen = Seen.SENTENCE
        if not has_text(serial, sentence):
            result.problem = f"it does not say '{sentence}'"
    return result


def _await_halt(session: Session) -> None:
    deadline = time.monotonic() + SECONDS
    while not session.halted():
        if not session.wait(LOOK_SECONDS):
            raise PithError(f"the machine ended: {session.shutdown_reason()} {session.errors()}".rstrip())
        if time.monotonic() > deadline:
            raise PithError(f"the machine did not halt within {SECONDS} seconds")
