"""A small client of QMP, the protocol by which QEMU is asked and told things while it runs."""

import json
import socket
import time
from typing import Any


class MonitorError(Exception):
    """QEMU refused a command."""


class MonitorClosed(Exception):
    """QEMU has ended, or is about to."""


class Monitor:
    """A connection to one QEMU. Events are kept in `events`, in the order they came."""

    def __init__(self, connection: socket.socket) -> None:
        self.events: list[dict[str, Any]] = []
        self._socket = connection
        self._received = b""
        self._next_message(timeout=None)  # the greeting
        self.execute("qmp_capabilities")

    def execute(self, command: str, **arguments: Any) -> Any:
        """Gives a command and returns its answer."""
        self._check_that_it_goes_on()
        self._send({"execute": command, "arguments": arguments})
        while True:
            message = self._next_message(timeout=None)
            if "return" in message:
                return message["return"]
            if "error" in message:
                raise MonitorError(f"{command}: {message['error']['desc']}")
            self._keep(message)

    def human(self, line: str) -> str:
        """Gives a command of QEMU's monitor for people, and returns the text it prints."""
        return self.execute("human-monitor-command", **{"command-line": line})

    def wait(self, seconds: float) -> None:
        """Collects events for so long; raises MonitorClosed as soon as QEMU has ended."""
        self._check_that_it_goes_on()
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                self._keep(self._next_message(timeout=left))
            except TimeoutError:
                return

    def _keep(self, event: dict[str, Any]) -> None:
        self.events.append(event)
        self._check_that_it_goes_on()

    def _check_that_it_goes_on(self) -> None:
        """Whoever asks when the machine has shut down may wait for ever: QEMU 7.2 then gives no answer."""
        if any(event.get("event") == "SHUTDOWN" for event in self.events):
            raise MonitorClosed

    def close(self) -> None:
        self._socket.close()

    def _send(self, message: dict[str, Any]) -> None:
        try:
            self._socket.sendall(json.dumps(message).encode())
        except ConnectionError:
            raise MonitorClosed from None

    def _next_message(self, timeout: float | None) -> dict[str, Any]:
        while b"\n" not in self._received:
            self._socket.settimeout(timeout)
            try:
                data = self._socket.recv(65536)
            except ConnectionError:
                data = b""
            if not data:
                raise MonitorClosed
            self._received += data
        line, _, self._received = self._received.partition(b"\n")
        return json.loads(line)
