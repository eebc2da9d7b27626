"""A letter as a file that mail programs open as a draft."""

from __future__ import annotations

import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from email.header import Header
from email.headerregistry import Address, BaseHeader, ContentTypeHeader, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import quote
from typing import Any

from sheetreport.read.words import clean

LONGEST_SUBJECT = 150
_LONGEST_LINE = 66  # of 76, which leaves room for the name of the header
_NEXT_LINE = "\r\n "
_LONGEST_CODED_LINE = 76  # of base64

_KINDS = {"pdf": "pdf", "xlsx": "vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that goes with a letter."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What a draft says, to whom, and what is enclosed."""

    subject: str
    body: str
    enclosed: tuple[Enclosed, ...] = ()
    name: str = ""
    addresses: tuple[str, ...] = ()


class _Policy(EmailPolicy):
    """Headers as every mail program reads them.

    Outlook loses the name of an attachment that RFC 2231 spreads over several parameters, and some programs
    read none but that of RFC 2047 in Content-Type: names stand in both writings, each whole. The library's
    own folding of a subject drops spaces between encoded words.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        match value:
            case ContentTypeHeader() if "name" in value.params:
                shown = quote(_encoded(value.params["name"]))
                return f'{name}: {value.content_type};{_NEXT_LINE}name="{shown}"\r\n'.encode()
            case BaseHeader() if name.lower() == "content-disposition":
                return value.fold(policy=self.clone(max_line_length=None)).encode()
            case UnstructuredHeader():
                return f"{name}: {_encoded(str(value))}\r\n".encode()
            case _:
                return super().fold_binary(name, value)


def _encoded(text: str) -> str:
    """A text in as many encoded words as it takes; in plain letters where they do."""
    charset = "us-ascii" if text.isascii() else "utf-8"
    return Header(text, charset, maxlinelen=_LONGEST_LINE).encode(linesep="\r\n")


_POLICY = _Policy(linesep=SMTP.linesep)


def as_draft(letter: Letter) -> bytes:
    """The letter as bytes, the same for the same letter.

    A sender, a date and a message id are for the mail program to add when it is sent.
    """
    message = EmailMessage(policy=_POLICY)
    message["X-Unsent"] = "1"
    if letter.addresses:
        name = header_text(letter.name) if len(letter.addresses) == 1 else ""
        message["To"] = tuple(Address(name, addr_spec=address) for address in letter.addresses)
    message["Subject"] = header_text(letter.subject)
    message.set_content(letter.body, cte="quoted-printable")
    for item in letter.enclosed:
        kind = _KINDS[item.name.rpartition(".")[2]]
        message.add_attachment(
            b"", maintype="application", subtype=kind, filename=item.name, params={"name": item.name}
        )
    if not message.is_multipart():
        return message.as_bytes()
    boundary = f"=_{_digest(letter)}"  # with "=_", which no encoded part can hold
    message.set_boundary(boundary)
    return _filled(message.as_bytes(), f"\r\n--{boundary}".encode(), letter.enclosed)


def _filled(empty: bytes, between: bytes, enclosed: Sequence[Enclosed]) -> bytes:
    """A message with the files that its last parts are to hold; the library would take ten times as long."""
    before, body, *heads, end = empty.split(between)
    parts = [head + _base64(item.content) for head, item in zip(heads, enclosed, strict=True)]
    return between.join((before, body, *parts, end))


def _base64(content: bytes) -> bytes:
    coded = binascii.b2a_base64(content, newline=False)
    starts = range(0, len(coded), _LONGEST_CODED_LINE)
    return b"".join(coded[start : start + _LONGEST_CODED_LINE] + b"\r\n" for start in starts)


def header_text(text: str) -> str:
    """A text for a header: one line of visible characters, nothing in it that a reader would decode."""
    line = " ".join(clean(text).split()).replace("=?", "= ?")
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1].rstrip() + "…"


def _digest(letter: Letter) -> str:
    parts = [letter.subject, letter.body, letter.name, *letter.addresses]
    whole = hashlib.sha256("\0".join(parts).encode())
    for item in letter.enclosed:
        whole.update(item.name.encode() + hashlib.sha256(item.content).digest())
    return whole.hexdigest()[:32]
