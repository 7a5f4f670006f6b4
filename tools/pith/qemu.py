"""The machines we start in QEMU, written as QEMU's own arguments. session.py runs them."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from pith import executed
from pith.errors import PithError

PROGRAM = "qemu-system-x86_64"
WAYS_TO_BOOT = ("pvh", "bios", "uefi")
MODELS = ("q35", "pc", "microvm")
MEDIA = ("cd", "disk")

UEFI_CODE = Path("/usr/share/OVMF/OVMF_CODE_4M.fd")
UEFI_VARIABLES = Path("/usr/share/OVMF/OVMF_VARS_4M.fd")

# microvm has hardly any devices of its own; these are the ones a PC kernel counts on.
MODEL_OPTIONS = {"microvm": ",isa-serial=on,rtc=on,pit=on,pic=on"}


@dataclass(frozen=True)
class Machine:
    """One machine: what it boots, and what it has. A kernel starts through PVH, an ISO through firmware."""

    boot: str = "pvh"
    kernel: Path | None = None
    iso: Path | None = None
    elf: Path | None = None       # the ISO's kernel, where that does not stand beside it
    medium: str = "cd"            # what the ISO is put into
    model: str = "q35"
    memory: str = "128M"
    cpus: int = 1
    cpu: str = "max"
    command_line: str = ""
    debug_exit: bool = False      # a port by which the guest ends QEMU: for tests
    extra: tuple[str, ...] = ()

    @property
    def kernel_with_symbols(self) -> Path | None:
        """The kernel's file, also where it is started from an ISO."""
        return self.kernel or self.elf or (self.iso.with_suffix(".elf") if self.iso else None)

    def arguments(self, scratch: Path) -> list[str]:
        """QEMU's arguments; `scratch` is a directory for what this run may write to."""
        return [
            "-no-user-config", "-machine", self.model + MODEL_OPTIONS.get(self.model, ""), "-accel", "tcg",
            "-cpu", self._processor(), "-smp", str(self.cpus), "-m", self.memory,
            "-nic", "none", "-no-reboot",
            *(self._kernel_arguments() if self.boot == "pvh" else self._disc_arguments()),
            *(self._uefi_arguments(scratch) if self.boot == "uefi" else []),
            *(["-device", "isa-debug-exit,iobase=0xf4,iosize=4"] if self.debug_exit else []),
            *executed.arguments(self.kernel_with_symbols),
            *self.extra,
        ]

    def _processor(self) -> str:
        # OVMF parks the other processors in MWAIT, which QEMU runs as a loop that never looks halted.
        return self.cpu + (",-monitor" if self.boot == "uefi" and self.cpus > 1 else "")

    def _kernel_arguments(self) -> list[str]:
        command_line = ["-append", self.command_line] if self.command_line else []
        return ["-kernel", str(self.kernel), *command_line]

    def _disc_arguments(self) -> list[str]:
        if self.medium == "disk":
            return ["-drive", f"file={self.iso},format=raw,if=ide,snapshot=on", "-boot", "order=c"]
        return ["-cdrom", str(self.iso), "-boot", "order=d"]

    def _uefi_arguments(self, scratch: Path) -> list[str]:
        if not UEFI_CODE.exists():
            raise PithError(f"UEFI needs {UEFI_CODE}, from the package ovmf")
        variables = scratch / "uefi-variables.fd"
        shutil.copyfile(UEFI_VARIABLES, variables)
        return ["-drive", f"if=pflash,format=raw,readonly=on,file={UEFI_CODE}",
                "-drive", f"if=pflash,format=raw,file={variables}"]
