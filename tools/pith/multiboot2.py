"""Multiboot2's boot information, read and written: a list of records behind its size.

Reference: Multiboot2 Specification, "Boot information format".
"""

import struct

END, TEXT, MODULE, MEMORY_MAP, FRAMEBUFFER = 0, 1, 3, 6, 8   # types of records

Record = tuple[int, bytes]   # its type, and what stands behind type and size


def records_of(information: bytes) -> list[Record]:
    """The records of well-formed information, the end among them."""
    records, at = [], 8
    while at < len(information):
        kind, size = struct.unpack_from("<II", information, at)
        records.append((kind, information[at + 8:at + size]))
        at += size + -size % 8
    return records


def information_of(records: list[Record]) -> bytes:
    data = b"".join((struct.pack("<II", kind, 8 + len(content)) + content).ljust(8 + len(content) + -len(content) % 8, b"\0")
                    for kind, content in records)
    return struct.pack("<II", 8 + len(data), 0) + data


def size_fields(information: bytes) -> list[int]:
    """Where sizes stand in well-formed information: of all, and of each record."""
    fields, at = [0], 8
    while at < len(information):
        fields.append(at + 4)
        size, = struct.unpack_from("<I", information, at + 4)
        at += size + -size % 8
    return fields


def sound_records_of(information: bytes) -> list[Record] | None:
    """The records before the end of information that may be malformed; nothing if there is no way to its end."""
    if len(information) < 8:
        return None
    total, = struct.unpack_from("<I", information, 0)
    records, at = [], 8
    while at + 8 <= min(total, len(information)):
        kind, size = struct.unpack_from("<II", information, at)
        if kind == END:
            return records
        if size < 8 or at + size > total:
            return None
        records.append((kind, information[at + 8:at + size]))
        at += size + -size % 8
    return None


def text_in(information: bytes) -> bytes | None:
    """The last command line in information that may be malformed."""
    texts = [content for kind, content in sound_records_of(information) or [] if kind == TEXT]
    return texts[-1] if texts else None
