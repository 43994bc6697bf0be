"""A slow disk for benchmarks: a folder seen through FUSE, read-only, with a latency and a bandwidth of its own.

    python bench/slow_fs.py FOLDER MOUNTPOINT LATENCY_MS MB_A_SECOND

Speaks the kernel's protocol itself (include/uapi/linux/fuse.h), so that no library is needed; it must be root, if
only of a user namespace. Several requests are answered at once, as a share would; they share the bandwidth. What was
read stays in the system's page cache. Ends when it is unmounted.
"""

import ctypes
import errno
import os
import stat
import struct
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

THREADS = 32
REQUEST_BYTES = 1 << 20
ROOT_NODE = 1
VALID_SECONDS = 3600
"""The kernel need not ask again for names and attributes: nothing changes."""
KEEP_CACHE, CACHE_DIR = 1 << 1, 1 << 3
ASYNC_READ, PARALLEL_LOOKUPS = 1 << 0, 1 << 18
READ_ONLY, NO_SETUID, NO_DEVICES, LAZILY = 1, 2, 4, 2

LOOKUP, FORGET, GETATTR, OPEN, READ, STATFS, RELEASE = 1, 2, 3, 14, 15, 17, 18
INIT, OPENDIR, READDIR, RELEASEDIR, INTERRUPT, BATCH_FORGET = 26, 27, 28, 29, 36, 42
WITHOUT_ANSWER = {FORGET, INTERRUPT, BATCH_FORGET}

REQUEST = struct.Struct("<IIQQIIIHH")
ANSWER = struct.Struct("<IiQ")
ENTRY = struct.Struct("<QQQQII")
ATTRIBUTES = struct.Struct("<6Q10I")


@dataclass(slots=True)
class Disk:
    """How slow it is: each request waits for the latency, and all together for the bandwidth."""

    latency_seconds: float
    bytes_a_second: float
    _free_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, size: int) -> None:
        """Wait as long as a request for so many bytes takes."""
        with self._lock:
            self._free_at = max(self._free_at, time.monotonic()) + size / self.bytes_a_second
            until = self._free_at
        time.sleep(max(until - time.monotonic(), 0.0) + self.latency_seconds)


@dataclass(slots=True)
class SlowFolder:
    """Answers the kernel's requests about a folder."""

    folder: Path
    disk: Disk
    _paths: dict[int, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._paths[ROOT_NODE] = str(self.folder)

    def serve(self, device: int) -> None:
        """Answer until the folder is unmounted."""
        while True:
            try:
                request = os.read(device, REQUEST_BYTES + 4096)
            except InterruptedError:
                continue
            except OSError as error:
                if error.errno == errno.ENOENT:
                    continue
                return
            _, opcode, unique, node, *_ = REQUEST.unpack_from(request)
            if opcode in WITHOUT_ANSWER:
                continue
            status, body = self._answer(opcode, node, request[REQUEST.size :])
            try:
                os.write(device, ANSWER.pack(ANSWER.size + len(body), -status, unique) + body)
            except FileNotFoundError:
                # Whoever asked was interrupted.
                continue

    def _answer(self, opcode: int, node: int, body: bytes) -> tuple[int, bytes]:
        """Give an error number, or 0, and what follows it."""
        deeds: dict[int, Callable[[int, bytes], bytes]] = {
            LOOKUP: self._lookup,
            GETATTR: self._attributes,
            OPEN: self._open,
            READ: self._read,
            STATFS: lambda *_: struct.pack("<5Q10I", 0, 0, 0, 0, 0, 4096, 255, 4096, *[0] * 7),
            RELEASE: self._release,
            INIT: _begin,
            OPENDIR: lambda *_: struct.pack("<QII", 0, CACHE_DIR | KEEP_CACHE, 0),
            READDIR: self._entries,
            RELEASEDIR: lambda *_: b"",
        }
        if opcode not in deeds:
            return errno.ENOSYS, b""
        try:
            return 0, deeds[opcode](node, body)
        except OSError as error:
            return error.errno or errno.EIO, b""

    def _lookup(self, node: int, body: bytes) -> bytes:
        path = os.path.join(self._paths[node], os.fsdecode(body.rstrip(b"\0")))  # noqa: PTH118 - any bytes
        self.disk.wait(0)
        found = os.lstat(path)
        with self._lock:
            # The root of the folder keeps the number that the kernel gave it.
            self._paths.setdefault(found.st_ino, path)
        return ENTRY.pack(found.st_ino, 0, VALID_SECONDS, VALID_SECONDS, 0, 0) + _attributes_of(found)

    def _attributes(self, node: int, _: bytes) -> bytes:
        found = os.lstat(self._paths[node])
        return struct.pack("<QII", VALID_SECONDS, 0, 0) + _attributes_of(found)

    def _open(self, node: int, _: bytes) -> bytes:
        self.disk.wait(0)
        return struct.pack("<QII", os.open(self._paths[node], os.O_RDONLY), KEEP_CACHE, 0)

    def _read(self, _: int, body: bytes) -> bytes:
        handle, offset, size = struct.unpack_from("<QQI", body)
        content = os.pread(handle, size, offset)
        self.disk.wait(len(content))
        return content

    def _release(self, _: int, body: bytes) -> bytes:
        os.close(struct.unpack_from("<Q", body)[0])
        return b""

    def _entries(self, node: int, body: bytes) -> bytes:
        _, offset, size = struct.unpack_from("<QQI", body)
        listed = b""
        for number, entry in enumerate(sorted(os.scandir(self._paths[node]), key=lambda one: one.name)):
            name = os.fsencode(entry.name)
            kind = stat.S_IFMT(entry.stat(follow_symlinks=False).st_mode) >> 12
            one = struct.pack("<QQII", entry.inode(), number + 1, len(name), kind) + name
            one += bytes(-len(one) % 8)
            if number >= offset:
                if len(listed) + len(one) > size:
                    break
                listed += one
        return listed


def _begin(_: int, body: bytes) -> bytes:
    """Agree on what the kernel may do: read ahead as far as it likes, several requests at once."""
    major, minor, read_ahead, flags = struct.unpack_from("<4I", body)
    wanted = flags & (ASYNC_READ | PARALLEL_LOOKUPS)
    return struct.pack("<4IHHIIHH8I", major, min(minor, 31), read_ahead, wanted, 64, 48, 4096, 1, 0, 0, *[0] * 8)


def _attributes_of(found: os.stat_result) -> bytes:
    times = [int(value) for value in (found.st_atime, found.st_mtime, found.st_ctime)]
    parts = [value % 10**9 for value in (found.st_atime_ns, found.st_mtime_ns, found.st_ctime_ns)]
    owners = found.st_mode, found.st_nlink, found.st_uid, found.st_gid
    return ATTRIBUTES.pack(found.st_ino, found.st_size, found.st_blocks, *times, *parts, *owners, 0, 4096, 0)


def mount(place: Path) -> int:
    """Put an empty FUSE file system there; give the open device. Raises OSError where that is not allowed."""
    device = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={device},rootmode=40000,user_id={os.getuid()},group_id={os.getgid()}".encode()
    library = ctypes.CDLL(None, use_errno=True)
    flags = READ_ONLY | NO_SETUID | NO_DEVICES
    if library.mount(b"slow", os.fsencode(place), b"fuse", ctypes.c_ulong(flags), options):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(place))
    return device


def unmount(place: Path) -> None:
    """Take it away; whoever still reads there gets an error."""
    ctypes.CDLL(None, use_errno=True).umount2(os.fsencode(place), LAZILY)


def main() -> None:
    """Mount, and serve until unmounted."""
    folder, place, latency_ms, megabytes = sys.argv[1:]
    slow = SlowFolder(Path(folder).resolve(), Disk(float(latency_ms) / 1000, float(megabytes) * 1e6))
    device = mount(Path(place))
    threads = [threading.Thread(target=slow.serve, args=(device,), daemon=True) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
