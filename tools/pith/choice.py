"""Which kernel a command line means: the system, a chapter's, or one in a folder of the reader's own."""

from pith import chapters, own
from pith.chapters import SYSTEM, Kernel

HELP = "a chapter's number or name, or a folder with a kernel.json"


def choose(word: str | None) -> Kernel:
    """The kernel that this word names; the system, if there is none."""
    if word is None:
        return SYSTEM
    return own.of_folder(word) if own.is_folder(word) else chapters.find(word, chapters.load())
