"""Plays the boot matrix's session on one machine in Bochs, by its serial line."""

import socket
from collections.abc import Sequence

from pith import bochs
from pith.bochs import HALT, PANIC, SOFT_OFF, Bochs
from pith.chapters import PROMPT
from pith.errors import PithError
from pith.matrix_machine import SECONDS, Images, Result, Seen, has_text, play_at
from pith.matrix_table import Case
from pith.play_script import Step
from pith.prompt import End, Prompt

HOST = "127.0.0.1"
# All that Bochs 2.7's generic processor can have of what the kernel asks for.
ALL_FEATURES = "level=6, mmx=1, sep=1, simd=avx2, xsave=1, apic=x2apic, x86_64=1, 1g_pages=1, pcid=1"
LOOKS = 10   # a UART of Bochs sends what it has while the machine has halted: so often nothing must have come


class BochsSession:
    """A running Bochs, as Prompt asks machines: it has ended when its log says so, and is let go then."""

    def __init__(self, machine: Bochs) -> None:
        self._machine = machine
        self._looks = 0

    def wait(self, seconds: float = bochs.POLL_SECONDS) -> bool:
        """Lets it run for so long; returns false as soon as it has ended."""
        is_running, log = self._machine.wait(seconds), self._machine.log()
        if is_running and (SOFT_OFF in log or PANIC in log):
            self._machine.kill()
            return False
        return is_running

    def halted(self) -> bool:
        """Whether it has stopped for good. It is asked when nothing comes, so what has ended is let go here."""
        if self.wait() and HALT in self._machine.log():
            self._looks += 1
        return self._looks >= LOOKS

    def shutdown_reason(self) -> str:
        return "guest-shutdown" if SOFT_OFF in self._machine.log() else ""


def play(case: Case, steps: Sequence[Step], images: Images) -> Result:
    """Starts the machine, and plays the session."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        listener.settimeout(SECONDS)
        port, features = listener.getsockname()[1], case.all("cpuid")
        with Bochs(images.iso, case.get("cpu"), case.get("megs"), case.get("medium"), port,
                   [ALL_FEATURES, *features] if features else []) as machine:
            try:
                with listener.accept()[0] as line:
                    prompt = Prompt(BochsSession(machine), line, PROMPT, SECONDS)
                    return await_refusal(prompt, case) if case.get("refuses") else play_at(prompt, case, steps)
            except (PithError, OSError) as error:
                return Result(str(error), machine.log().splitlines()[-20:])


def await_refusal(prompt: Prompt, case: Case) -> Result:
    """It has to say why, and to halt for good."""
    prompt.await_end()
    lines = [row.rstrip() for row in prompt.rendering.rows()]
    if prompt.ended is not End.HALT:
        return Result(f"it did not halt: {prompt.ended.value}", lines)
    sentence = case.get("refuses")
    return Result("" if has_text(lines, sentence) else f"it does not say '{sentence}'", lines, Seen.SENTENCE)
