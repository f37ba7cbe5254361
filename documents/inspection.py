"""Inspection: an uploaded file is opened here, in a process of its own that can reach nothing else.

    python -I inspection.py pdf|jpeg|png  < file  > verdict

The verdict is a line of JSON, {"flaw": "", "pages": 3}; after that of an image follow the bytes to keep,
without the metadata (where and when a photograph was taken, with what). Whatever a hostile file does to the
libraries that open it, it does to a process that knows nothing of the portal, has little memory and little
time, can open no further file or connection, and is about to end. `documents.checks` runs it.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pikepdf
from PIL import Image, ImageOps, MpoImagePlugin, TiffImagePlugin  # noqa: F401 - Pillow would load the two too late

LIMITS = {
    resource.RLIMIT_AS: 1 << 30,  # bytes of memory
    resource.RLIMIT_CPU: 20,  # seconds
    resource.RLIMIT_FSIZE: 0,  # bytes of a file
    resource.RLIMIT_NOFILE: 0,  # descriptors: no file and no connection besides the three that are open
    resource.RLIMIT_NPROC: 0,  # other processes
}
NOBODY = 65534
MOST_PAGES = 150
MOST_PIXELS = 60_000_000
QUALITY = 90  # of a JPEG that is written again

ACTIONS = {"/JavaScript", "/Launch", "/ImportData"}
ACTIVE_ENTRIES = {"/JS", "/EF", "/EmbeddedFiles", "/XFA"}


class Flawed(Exception):
    """The file cannot be kept; the message is one of `documents.models.SupportingDocument.Flaw`."""


def main() -> None:
    """Read the file, print the verdict."""
    make_ready()
    restrain()
    content, data = sys.argv[1], sys.stdin.buffer.read()
    verdict: dict[str, Any] = {"flaw": "", "pages": None}
    kept = b""
    try:
        if content == "pdf":
            verdict["pages"] = inspect_pdf(data)
        else:
            kept = inspect_image(data, content.upper())
    except Flawed as flawed:
        verdict["flaw"] = str(flawed)
    sys.stdout.buffer.write(json.dumps(verdict).encode() + b"\n" + kept)


def make_ready() -> None:
    """Have the libraries open now what they would open at their first use: their parts, the source of random bytes."""
    Image.preinit()
    with pikepdf.new() as pdf:
        pdf.save(io.BytesIO(), encryption=pikepdf.Encryption(user="", owner=""))


def restrain() -> None:
    """Give up, for good, what judging a file that is read from the standard input does not need."""
    for limit, most in LIMITS.items():
        resource.setrlimit(limit, (most, most))
    if os.geteuid() == 0:  # who could lift the limits; where root may not do this, it may not do that either
        with suppress(OSError):
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)


def inspect_pdf(data: bytes) -> int:
    """The number of pages of a PDF that opens without a password and does nothing by itself."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            pages = len(pdf.pages)
            if pages == 0:
                raise Flawed("broken")
            if pages > MOST_PAGES:
                raise Flawed("too_long")
            if any(is_active(entry) for entry in dictionaries(pdf)):
                raise Flawed("active")
            return pages
    except pikepdf.PasswordError as error:
        raise Flawed("locked") from error
    except pikepdf.PdfError as error:
        raise Flawed("broken") from error


def dictionaries(pdf: Any) -> Iterator[Any]:
    """Every dictionary of a PDF, whether it is an object of its own or written inside of another."""
    waiting: list[Any] = [*pdf.objects, pdf.trailer]
    while waiting:
        item = waiting.pop()
        if isinstance(item, pikepdf.Array):
            inside = list(item)
        elif isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            yield item
            inside = [value for _name, value in item.items()]
        else:
            continue
        waiting += [value for value in inside if isinstance(value, pikepdf.Object) and not value.is_indirect]


def is_active(entry: Any) -> bool:
    """Whether a dictionary holds a program, a file, or an order to run one."""
    return str(entry.get("/S", "")) in ACTIONS or any(name in entry for name in ACTIVE_ENTRIES)


def inspect_image(data: bytes, kind: str) -> bytes:
    """An image of at most `MOST_PIXELS`, upright, and without its metadata."""
    Image.MAX_IMAGE_PIXELS = None  # our own limit comes first
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Flawed("too_large")
            image.load()
            profile = image.info.get("icc_profile")
            upright: Any = ImageOps.exif_transpose(image)
    except (OSError, ValueError, SyntaxError) as error:
        raise Flawed("broken") from error
    if upright.mode == "P":
        upright = upright.convert("RGBA")
    upright.info = {}
    kept = io.BytesIO()
    options = {"quality": QUALITY, "optimize": True} if kind == "JPEG" else {}
    upright.save(kept, kind, icc_profile=profile, **options)
    return kept.getvalue()


if __name__ == "__main__":
    main()
