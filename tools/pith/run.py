"""./pith run: builds a kernel and starts it in QEMU, with a window or in the terminal.

The terminal is the machine's serial line. Where a kernel has a prompt, all keys are the machine's; what comes from a file
or a pipe is typed there line by line.
"""

import argparse
import math
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from pith import build, chapters, choice, iso, packages, paths, terminal, transcript, typed, values
from pith.chapters import Kernel
from pith.errors import UsageError
from pith.process import say
from pith.prompt import End, Listener, Prompt, kept_in
from pith.qemu import MODELS, WAYS_TO_BOOT, Machine
from pith.session import POLL_SECONDS, Session

RUNS = paths.OUT / "run"
SERIAL_LOG = RUNS / "serial.log"
FAULTS_LOG = RUNS / "faults.log"
PANIC_MARK = "PANIC at"
TRIPLE_FAULT = "Triple fault"   # what QEMU calls it
PROMPT_SECONDS = 0.3   # how often we look whether it has halted: one that waits for keys will do so for long


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("chapter", nargs="?", metavar="CHAPTER", help=choice.HELP)
    parser.add_argument("--boot", type=values.one_of(WAYS_TO_BOOT), metavar="WAY",
                        help=f"how the kernel is started: {', '.join(WAYS_TO_BOOT)}")
    parser.add_argument("--machine", type=values.one_of(MODELS), default="q35", metavar="MODEL",
                        help=f"the machine: {', '.join(MODELS)} (default: q35)")
    parser.add_argument("--memory", type=values.memory, default="128M", help="default: 128M")
    parser.add_argument("--cpus", type=values.count(255), default=1, metavar="N", help="default: 1")
    parser.add_argument("--append", default="", metavar="TEXT", help="the kernel's command line")
    parser.add_argument("--graphics", default="text", metavar="MODE",
                        help="under BIOS a framebuffer in place of the text screen, as GRUB names it: 1024x768x32")
    parser.add_argument("--headless", action="store_true", help="no window, all in this terminal")
    parser.add_argument("--faults", action="store_true", help="log every exception and reset of the processor")


def main(options: argparse.Namespace) -> int:
    """./pith run [CHAPTER]"""
    kernel = choice.choose(options.chapter)
    boot = choose_boot(kernel, options.boot, options.machine)
    headless = options.headless or not terminal.has_display()
    packages.need(["build", "run", *([] if headless else ["window"])], options.yes)
    machine = Machine(boot=boot, model=options.machine, memory=options.memory, cpus=options.cpus,
                      **image(kernel, boot, options.append, options.graphics))
    return Run(kernel, machine, headless, options.faults).start()


def choose_boot(kernel: Kernel, asked: str | None, model: str = "q35") -> str:
    """The way this kernel is started; raises UsageError when it can't be."""
    usual = "pvh" if model == "microvm" else kernel.boot[0]
    boot = asked or usual
    if model == "microvm" and boot != "pvh":
        raise UsageError(f"the machine microvm starts kernels through PVH only, not {boot}; leave out --boot")
    if boot not in kernel.boot:
        raise UsageError(f"{kernel.name} does not start through {boot}, only through {', '.join(kernel.boot)}")
    return boot


def image(kernel: Kernel, boot: str, command_line: str, graphics: str = "text") -> dict[str, Path | str]:
    """Builds what this way of booting needs: these fields of a Machine."""
    if boot == "pvh":
        build.target("kernel", kernel.target)
        return {"kernel": kernel.elf, "command_line": command_line}
    if not command_line and graphics == "text":
        build.target("kernel", f"{kernel.target}-iso")
        return {"iso": kernel.iso}
    build.target("kernel", kernel.target)
    own_iso = paths.made_directory(RUNS) / "as-asked-for.iso"
    iso.make(kernel.elf, own_iso, command_line, graphics)
    return {"iso": own_iso}


def _with_log(machine: Machine, faults: bool) -> Machine:
    """With a log of its resets, which says whether one was a triple fault; with `faults`, of all that the processor raises."""
    logged = "int,cpu_reset" if faults else "cpu_reset"
    return replace(machine, extra=(*machine.extra, "-d", logged, "-D", str(FAULTS_LOG)))


class Run:
    """One run of a kernel, from the first instruction to the exit status."""

    def __init__(self, kernel: Kernel, machine: Machine, headless: bool, faults: bool) -> None:
        self._kernel, self._machine = kernel, _with_log(machine, faults)
        self._headless, self._faults = headless, faults
        self._screen: list[str] = []

    def start(self) -> int:
        """Runs the machine to its end and says how it ended."""
        paths.made_directory(RUNS)
        halted = False
        try:
            with terminal.restored(), ExitStack() as stack:
                is_typed = self._kernel.prompt and not sys.stdin.isatty()
                session, halted = self._type_input(stack) if is_typed else self._use_terminal(stack)
        finally:
            self._end_serial_line()
        return self._report(halted, session)

    def _use_terminal(self, stack: ExitStack) -> tuple[Session, bool]:
        """Our terminal becomes the serial line. Ctrl-C ends QEMU, unless the machine has a use for it."""
        keys = "signal=on"
        if self._kernel.prompt:
            say("this terminal is the machine's serial line; Ctrl-A X ends QEMU")
            keys = "mux=on,signal=off"
        session = stack.enter_context(self._session(f"stdio,{keys},{kept_in(SERIAL_LOG)}"))
        return session, self._watch(session)

    def _type_input(self, stack: ExitStack) -> tuple[Session, bool]:
        """Types at the prompt what comes from a file or a pipe. After its end a window stays until it is closed."""
        listener = stack.enter_context(Listener(SERIAL_LOG))
        session = stack.enter_context(self._session(listener.device))
        prompt = Prompt(session, stack.enter_context(listener.accept()), self._kernel.prompt, math.inf, _show)
        # Without a buffer, for its lock: at the end somebody may still wait there for a line.
        typed.type_all(prompt, open(sys.stdin.fileno(), "rb", buffering=0, closefd=False))
        if not self._headless:
            prompt.await_end()
            self._watch(session)
        return session, prompt.ended is End.HALT

    def _session(self, serial: str) -> Session:
        return Session(self._machine, serial, window="" if self._headless else _title(self._kernel))

    def _watch(self, session: Session) -> bool:
        """Waits for the end; true when the kernel has halted for good. A window stays until it is closed."""
        halted = False
        while session.wait(PROMPT_SECONDS if self._kernel.prompt else POLL_SECONDS):
            if halted or not session.halted():
                continue
            halted = True
            if self._headless:
                self._screen = session.screen().lines() if self._kernel.transcript == "screen" else []
                break
        return halted

    def _report(self, halted: bool, session: Session) -> int:
        self._show_screen()
        if self._faults:
            say(f"exceptions and resets are in {paths.shown(FAULTS_LOG)}")
        if any(line.startswith(PANIC_MARK) for line in transcript.clean(_serial_text())):
            say("the kernel panicked")
            return 1
        if halted:
            say("the kernel has halted")
            return 0
        return self._report_exit(session)

    def _report_exit(self, session: Session) -> int:
        reason = session.shutdown_reason()
        if reason == "guest-reset" and TRIPLE_FAULT in FAULTS_LOG.read_text(errors="replace"):
            advice = "" if self._faults else "; './pith run --faults' logs what led to it"
            say(f"the machine reset: a triple fault{advice}")
            return 1
        ends = {"guest-reset": "the kernel reset the machine", "guest-shutdown": "the kernel switched the machine off",
                "host-ui": "the window was closed"}
        if reason not in ends and session.exit_status() != 0:   # QEMU 7.2 may have to be killed when a machine is off
            say(f"QEMU failed with status {session.exit_status()}: {session.errors()}")
            return 1
        say(ends.get(reason, "QEMU was ended"))
        return 0

    def _show_screen(self) -> None:
        if self._screen:
            print("The screen says:", *self._screen, sep="\n", flush=True)
        elif self._headless and not _serial_text().strip():
            say("nothing was written to the serial port"
                + (" or the screen" if self._kernel.transcript == "screen" else ""))

    def _end_serial_line(self) -> None:
        """What we say starts on a line of its own."""
        text = _serial_text()
        if text and not text.endswith("\n"):
            print(flush=True)


def _title(kernel: Kernel) -> str:
    return kernel.name if kernel is chapters.SYSTEM else f"{chapters.SYSTEM.name}: {kernel.name}"


def _show(output: bytes) -> None:
    sys.stdout.buffer.write(output)
    sys.stdout.buffer.flush()


def _serial_text() -> str:
    return SERIAL_LOG.read_text(errors="replace") if SERIAL_LOG.exists() else ""
