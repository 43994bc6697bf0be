"""PDF files made byte by byte, encrypted ones among them."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import md5

PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
PERMISSIONS = -4


@dataclass(frozen=True)
class PdfPage:
    """A page, in points (1/72 inch); `drawn` is its content stream."""

    boxes: str = "/MediaBox [0 0 72 144]"
    drawn: bytes = b"0 0 0 rg 0 72 36 72 re f"
    """A black box in the upper left quarter."""


@dataclass(frozen=True)
class Lock:
    """Passwords, for encryption in the oldest way: RC4 with 40 bits (PDF 1.7, section 7.6.3)."""

    user: bytes = b""
    owner: bytes = b"owner"
    ident: bytes = b"0123456789abcdef"
    handler: str = "Standard"

    @property
    def owner_entry(self) -> bytes:
        return rc4(_md5(padded(self.owner))[:5], padded(self.user))

    @property
    def key(self) -> bytes:
        return _md5(padded(self.user) + self.owner_entry + struct.pack("<l", PERMISSIONS) + self.ident)[:5]

    def encrypted(self, content: bytes, number: int) -> bytes:
        return rc4(_md5(self.key + struct.pack("<L", number)[:3] + b"\0\0")[:10], content)

    @property
    def dictionary(self) -> bytes:
        user, owner = rc4(self.key, PADDING).hex(), self.owner_entry.hex()
        return f"<< /Filter /{self.handler} /V 1 /R 2 /O <{owner}> /U <{user}> /P {PERMISSIONS} >>".encode()


def pdf(pages: Sequence[PdfPage] = (PdfPage(),), *, lock: Lock | None = None) -> bytes:
    numbers = [3 + 2 * index for index in range(len(pages))]
    kids = " ".join(f"{number} 0 R" for number in numbers)
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode()]
    for number, page in zip(numbers, pages, strict=True):
        drawn = lock.encrypted(page.drawn, number + 1) if lock else page.drawn
        objects.append(f"<< /Type /Page /Parent 2 0 R {page.boxes} /Contents {number + 1} 0 R >>".encode())
        objects.append(b"<< /Length %d >>\nstream\n" % len(drawn) + drawn + b"\nendstream")
    trailer = b"/Root 1 0 R"
    if lock:
        objects.append(lock.dictionary)
        trailer += b" /Encrypt %d 0 R /ID [<%s> <%s>]" % (
            len(objects),
            lock.ident.hex().encode(),
            lock.ident.hex().encode(),
        )
    return _assembled(objects, trailer)


def rc4(key: bytes, content: bytes) -> bytes:
    state, other = list(range(256)), 0
    for index in range(256):
        other = (other + state[index] + key[index % len(key)]) % 256
        state[index], state[other] = state[other], state[index]
    first, second, out = 0, 0, bytearray()
    for byte in content:
        first = (first + 1) % 256
        second = (second + state[first]) % 256
        state[first], state[second] = state[second], state[first]
        out.append(byte ^ state[(state[first] + state[second]) % 256])
    return bytes(out)


def padded(password: bytes) -> bytes:
    return (password + PADDING)[:32]


def _md5(content: bytes) -> bytes:
    return md5(content, usedforsecurity=False).digest()


def _assembled(objects: Sequence[bytes], trailer: bytes) -> bytes:
    content, places = b"%PDF-1.4\n", []
    for number, written in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n" % number + written + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    end = b"trailer << /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, len(content))
    return content + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + end
