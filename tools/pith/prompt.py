"""A machine's prompt, reached through its serial line: types there, and reads what is answered.

    with Listener() as listener, Session(machine, listener.device) as session:
        prompt = Prompt(session, listener.accept())
        prompt.await_empty()
        prompt.answer("help")
"""

import select
import socket
import time
from collections.abc import Callable
from enum import Enum
from pathlib import Path

from pith.chapters import PROMPT
from pith.errors import PithError
from pith.rendered import Rendering
from pith.session import Session

SECONDS = 60            # a guard against machines that hang
HALT_SECONDS = 0.1      # how often a silent machine is asked whether it has halted


class End(Enum):
    """How a machine has ended."""

    OFF = "the machine switched itself off"
    RESET = "the machine reset"
    HALT = "the kernel halted"
    CLOSED = "QEMU ended"


_ENDS = {"guest-shutdown": End.OFF, "guest-reset": End.RESET}


def kept_in(log: Path) -> str:
    """The part of a QEMU character device that keeps what the machine sends in a file of its own."""
    return f"logfile={str(log).replace(',', ',,')},logappend=off"


class Listener:
    """Where QEMU connects a serial port, so that nothing is lost that it sends.

    By TCP, which keeps megabytes for us. QEMU sends byte by byte, and so a UNIX socket is full after 278: on a busy host the kernel
    then finds that the line takes nothing, and gives up what it has to say.
    """

    def __init__(self, log: Path | None = None) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen()
        self.device = f"socket,host=127.0.0.1,port={self._socket.getsockname()[1]}" + (f",{kept_in(log)}" if log else "")

    def accept(self) -> socket.socket:
        return self._socket.accept()[0]

    def __enter__(self) -> "Listener":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()


class Prompt:
    """What came of a machine, and what goes to it. `ended` says how it ended, once it has."""

    def __init__(self, session: Session, line: socket.socket, text: str = PROMPT, seconds: float = SECONDS,
                 on_output: Callable[[bytes], object] = lambda _: None) -> None:
        self.rendering = Rendering()
        self.ended: End | None = None
        self.text = text
        self._session, self._line, self._seconds, self._on_output = session, line, seconds, on_output
        self._to_send = b""
        self._last_asked = 0.0
        line.setblocking(False)

    def type(self, text: str) -> None:
        """Sends this text, while it listens to what comes."""
        self._to_send += text.encode()

    def answer(self, line: str) -> None:
        """Types a line and a return at an empty prompt, and waits until there is another; or for the end."""
        first, before = self.rendering.row, self.count(self.rendering.row)
        self.type(f"{line}\r")
        self.await_empty(first, before)

    def press(self, key: str, milliseconds: int) -> None:
        """Presses a key of the keyboard for so long."""
        if complaint := self._session.press(key, milliseconds):
            raise PithError(f"QEMU does not press '{key}': {complaint}")

    def monitor(self, command: str) -> None:
        """Gives a command to QEMU's monitor."""
        self._session.monitor(command)

    def count(self, first: int = 0) -> int:
        """How many rows begin with the prompt."""
        return sum(row.startswith(self.text) for row in self.rendering.rows(first))

    def is_empty(self) -> bool:
        """Whether the cursor stands behind a prompt, where nothing has been typed."""
        return (self.rendering.column == len(self.text) and not self._to_send
                and self.rendering.rows(self.rendering.row) == [self.text])

    def is_sending(self) -> bool:
        """Whether the serial line has not yet taken all that was typed."""
        return bool(self._to_send)

    def await_empty(self, first: int = 0, more_than: int = 0) -> None:
        """Waits for an empty prompt, with more prompts than so many from row `first` on; or for the end."""
        self.wait_until(lambda: self.is_empty() and self.count(first) > more_than, "no prompt came")

    def await_end(self) -> None:
        """Waits for the machine's end."""
        self.wait_until(lambda: False, "the machine did not end")

    def wait_until(self, condition: Callable[[], bool], complaint: str) -> None:
        """Listens until the condition holds, or the machine has ended."""
        deadline = time.monotonic() + self._seconds
        while not condition() and self.ended is None:
            if time.monotonic() > deadline:
                raise PithError(f"{complaint} within {self._seconds:g} seconds")
            if not self.listen(HALT_SECONDS):
                self._look_at_machine()

    def listen(self, seconds: float) -> bool:
        """Waits for something to come, so long at most; whether anything did."""
        if self.ended is not None:
            return False
        readable, writable, _ = select.select([self._line], [self._line] if self._to_send else [], [], seconds)
        if writable:
            self._send()
        return self._receive() if readable else bool(writable)

    def _send(self) -> None:
        try:
            self._to_send = self._to_send[self._line.send(self._to_send):]
        except ConnectionError:
            self._to_send = b""

    def _receive(self) -> bool:
        try:
            data = self._line.recv(65536)
        except ConnectionError:
            data = b""
        if not data:
            self.ended = self._end_of_machine()
        self._on_output(data)
        self.rendering.feed(data)
        return bool(data)

    def _end_of_machine(self) -> End:
        while self._session.wait():
            pass
        return _ENDS.get(self._session.shutdown_reason(), End.CLOSED)

    def _look_at_machine(self) -> None:
        if self._session.halted():
            self.ended = End.HALT
