"""What goes wrong and is worth one clear line: raised anywhere, printed by cli.py."""


class PithError(Exception):
    """Something failed; the text says what, where and what to do."""

    status = 1


class UsageError(PithError):
    """The command was not understood; nothing was done."""

    status = 2
