"""Records the fuzzers' seeds of what people and programs send: `PYTHONPATH=tools python3 tests/fuzz/record_seeds.py`, after `./pith build`.

    scancodes      what QEMU's keyboard controller has for the processor when keys are pressed (its monitor's sendkey)
    terminal_keys  what tmux sends to the program in it, and what terminfo knows of other terminals
    ansi           what our kernel writes on its serial line; what ls, git and vim write to a terminal; what terminfo knows
    command_line   what stands in memory when QEMU or GRUB starts our kernel with one

Which program was recorded is the seed's name. It needs tmux, vim and git besides.
"""

import os
import pty
import re
import shlex
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import make_seeds
from make_seeds import ELF, RDI, RSI, Stopped, write
from pith import iso, paths
from pith.errors import PithError
from pith.qemu import Machine
from pith.session import Session

LARGEST = 1024   # bytes of a seed: a fuzzer tries short ones oftener
HALT = b"\xfa\xf4".ljust(510, b"\0") + b"\x55\xaa"   # a boot sector that switches interrupts off and halts

KEYBOARD = {   # by name: a layout's number, which scancodes.cpp reads first, and keys as QEMU names them
    "qemu-text": (0, "p i t h spc shift-h e l l o shift-1 comma ret backspace tab esc"),
    "qemu-german": (2, "y shift-y z alt_r-q alt_r-e alt_r-7 bracket_left shift-semicolon apostrophe minus shift-minus less alt_r-less equal a"),
    "qemu-held": (0, "ctrl-c ctrl-d ctrl-shift-a alt-x ctrl-alt-delete ctrl_r-u shift_r-b caps_lock a caps_lock num_lock scroll_lock menu meta_l"),
    "qemu-cursor": (0, "up down left right home end insert delete pgup pgdn shift-up ctrl-left ctrl-right ctrl-delete shift-delete"),
    "qemu-functions": (0, "f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 print pause sysrq alt-print ctrl-pause"),
    "qemu-keypad": (2, "kp_7 kp_8 kp_9 kp_subtract kp_4 kp_5 kp_add kp_1 kp_decimal kp_0 kp_enter kp_divide kp_multiply num_lock kp_7 shift-kp_8"),
}

TMUX_KEYS = {
    "tmux-text": "h e l p Space ö € 漢 é Enter BSpace Tab Escape",
    "tmux-cursor": "Up Down Left Right Home End PageUp PageDown IC DC BTab",
    "tmux-held": "S-Up C-Left C-Right M-Left C-S-End M-b M-f M-d C-a C-c C-d C-k C-u C-w C-y C-Space M-Enter S-F5 C-F5",
    "tmux-functions": "F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 F11 F12",
}

TERMINALS = ("xterm", "linux", "vt220", "screen", "rxvt")
KEY_CAPABILITIES = ("kcuu1 kcud1 kcuf1 kcub1 khome kend kich1 kdch1 kpp knp kbs kcbt kent ka1 kb2 kc3 kf1 kf2 kf3 kf4 kf5 kf6 kf7 kf8 kf9 kf10 "
                    "kf11 kf12 kf13 kf20 kri kind kLFT kRIT kDC kEND kHOM")
SCREEN_CAPABILITIES = ("clear;home;cup 5 10;setaf 1;setab 4;setaf 9;setab 12;setaf 200;setab 240;bold;rev;smul;rmul;smso;rmso;sitm;op;sgr0;"
                       "cuu 3;cud 2;cuf 7;cub 4;cuu1;cuf1;el;el1;ed;ri;ind;il 2;dl 2;ich 3;dch 3;ech 4;csr 2 20;hpa 9;vpa 3;civis;cnorm;smcup;rmcup;"
                       "rs1;is2;sc;rc;enacs;smacs;rmacs;dim;blink;invis;smam;rmam")

COMMAND_LINES = {
    "qemu-append": 'verbose run="memory --json; log --level=warning --last=20" quiet',
    "qemu-append-words": "root=/dev/sda1 ro console=ttyS0,115200n8 panic=-1 init=/bin/sh nokaslr",
    # The words of a Debian menu entry, as /etc/grub.d/10_linux and /etc/default/grub make it, and two of ours.
    "grub-debian": "root=UUID=3e6be9de-8139-11d1-9106-a43f08d823a6 ro quiet splash verbose kaslr=1,2",
}


def scancodes() -> dict[Path, bytes]:
    with tempfile.TemporaryDirectory(prefix="pith-seeds-") as scratch:
        disk = Path(scratch, "disk")
        disk.write_bytes(HALT.ljust(1 << 20, b"\0"))
        with Session(Machine(boot="bios", iso=disk, medium="disk", model="pc"), "null") as session:
            session.await_rest(30)
            waiting(session)   # what firmware's questions were answered
            return {Path("scancodes", name): bytes([layout]) + b"".join(pressed(session, keys) for keys in names.split())
                    for name, (layout, names) in KEYBOARD.items()}


def pressed(session: Session, keys: str) -> bytes:
    if complaint := session.press(keys, 10):
        raise PithError(complaint)
    session.wait(0.1)
    return waiting(session)


def waiting(session: Session) -> bytes:
    """What waits in the keyboard controller: read from its ports, as a processor does."""
    taken = b""
    while port(session, 0x64) & 1:
        taken += bytes([port(session, 0x60)])
    return taken


def port(session: Session, number: int) -> int:
    return int(session.ask_monitor(f"i /b {number:#x}").partition("=")[2], 16)


def terminal_keys() -> dict[Path, bytes]:
    known = {Path("terminal_keys", f"terminfo-{terminal}"): b"".join(capabilities(terminal, KEY_CAPABILITIES.split())) for terminal in TERMINALS}
    return known | {Path("terminal_keys", name): sent_by_tmux(keys.split()) for name, keys in TMUX_KEYS.items()}


def capabilities(terminal: str, names: Iterable[str]) -> list[bytes]:
    """What terminfo has for these, as far as it has them, without the times to wait."""
    found = [subprocess.run(["tput", "-T", terminal, *name.split()], capture_output=True) for name in names]
    return [re.sub(rb"\$<[^>]*>", b"", done.stdout) for done in found if done.returncode == 0]


def sent_by_tmux(keys: list[str]) -> bytes:
    with tempfile.TemporaryDirectory(prefix="pith-seeds-") as scratch:
        received, socket = Path(scratch, "received"), str(Path(scratch, "tmux"))

        def tmux(*words: str) -> None:
            subprocess.run(["tmux", "-S", socket, "-f", "/dev/null", *words], check=True, env={**os.environ, "LC_ALL": "C.UTF-8"})

        tmux("new-session", "-d", "-x", "80", "-y", "24", f"stty raw -echo; touch {received}; exec cat >> {received}")
        try:
            wait_for(received.exists)
            for key in keys:
                tmux("send-keys", key)
            time.sleep(0.5)
            return received.read_bytes()
        finally:
            tmux("kill-server")


def wait_for(happens: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > deadline:
            raise PithError("a program that was to be recorded does not begin")
        time.sleep(0.05)


def escape_sequences() -> dict[Path, bytes]:
    """ansi.cpp reads a byte first: in how large pieces, and onto how large a page."""
    written = our_kernel_writes()
    programs = {
        "ls": "ls --color=always -la --time-style=+ kernel",
        "git": "git --no-pager diff --no-index --color=always --stat -p LICENSE docs/references.md",
        "vim": "vim -u NONE -c 'syntax on' -c 'set number hlsearch' -c /Pith -c redraw -c quit README.md",
    }
    texts = {"pith-boot": written[:LARGEST], "pith-commands": written[-LARGEST:]}
    texts |= {name: written_by(shlex.split(command)) for name, command in programs.items()}
    texts |= {f"tput-{terminal}": b"x".join(capabilities(terminal, SCREEN_CAPABILITIES.split(";")))
              for terminal in ("linux", "xterm-256color", "vt220", "screen")}
    return {Path("ansi", name): b"\xa7" + text[:LARGEST] for name, text in texts.items()}


def our_kernel_writes() -> bytes:
    with tempfile.TemporaryDirectory(prefix="pith-seeds-") as scratch:
        line = Path(scratch, "line")
        with Session(Machine(kernel=ELF, command_line='verbose run="hlep; log --last=5; pages"'), f"file,path={line}") as session:
            session.await_rest(30)
        return line.read_bytes()


def written_by(command: list[str]) -> bytes:
    """What a program writes to a terminal of 80 x 24, until it ends or waits for a key."""
    process, terminal = pty.fork()
    if process == 0:
        os.environ |= {"TERM": "linux", "COLUMNS": "80", "LINES": "24", "LC_ALL": "C.UTF-8"}
        os.chdir(paths.ROOT)
        os.execvp(command[0], command)
    written, deadline = b"", time.monotonic() + 2
    os.set_blocking(terminal, False)
    while time.monotonic() < deadline and len(written) < LARGEST:
        try:
            written += os.read(terminal, LARGEST)
        except BlockingIOError:
            time.sleep(0.02)
        except OSError:   # it has ended
            break
    os.close(terminal)   # hangs up
    os.waitpid(process, 0)
    return written


def command_lines() -> dict[Path, bytes]:
    return {Path("command_line", name): handed_over(name, words) for name, words in COMMAND_LINES.items()}


def handed_over(name: str, words: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="pith-seeds-") as scratch:
        disc, path = Path(scratch, "iso"), Path(scratch, "gdb")
        machine = Machine(kernel=ELF, command_line=words)
        if name.startswith("grub"):
            iso.make(ELF, disc, words)
            machine = Machine(boot="bios", iso=disc)
        with Session(machine, "null", gdb_socket=path):
            stopped = Stopped(path)
            stopped.run_to(make_seeds.handed_over())
            address = stopped.register(RSI)
            if stopped.register(RDI) != 1:
                return make_seeds.needed_record(make_seeds.multiboot2_seed(stopped, address), 1).partition(b"\0")[0]
            start = make_seeds.PVH_START.unpack(stopped.memory(address, make_seeds.PVH_START.size))
            return stopped.text(start[make_seeds.PVH_COMMAND_LINE]).rstrip(b"\0")


def main() -> None:
    for record in (scancodes, escape_sequences, terminal_keys, command_lines):
        write(record())


if __name__ == "__main__":
    main()
