"""Types what comes from our own input at a machine's prompt, line by line, and shows what the machine answers."""

import queue
import threading
from collections.abc import Iterable

from pith.prompt import Prompt


def type_all(prompt: Prompt, lines: Iterable[bytes]) -> None:
    """Types each line once the one before was answered, until there are no more, or the machine has ended."""
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    reader = threading.Thread(target=_read, args=(lines, waiting), daemon=True)   # whoever types may take his time
    reader.start()
    prompt.await_empty()
    while prompt.ended is None:
        prompt.wait_until(lambda: not waiting.empty() or not reader.is_alive(), "nothing was typed")
        if waiting.empty():
            break
        prompt.answer(waiting.get())


def _read(lines: Iterable[bytes], waiting: "queue.SimpleQueue[str]") -> None:
    for line in lines:
        waiting.put(line.decode(errors="replace").rstrip("\r\n"))
