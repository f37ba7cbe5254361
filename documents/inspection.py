"""Inspection: an uploaded file is opened here, in a process of its own with little memory and little time.

    python -I inspection.py pdf|jpeg|png  < file  > verdict

The verdict is a line of JSON, {"flaw": "", "pages": 3}; after that of an image follow the bytes to keep,
without the metadata (where and when a photograph was taken, with what). Whatever a hostile file does to the
libraries that open it, it does to a process that knows nothing of the portal and is about to end.
`documents.checks` runs it.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from collections.abc import Iterator
from typing import Any

MEMORY = 1 << 30  # bytes
SECONDS = 20
OPEN_FILES = 64
MOST_PAGES = 150
MOST_PIXELS = 60_000_000
QUALITY = 90  # of a JPEG that is written again

ACTIONS = {"/JavaScript", "/Launch", "/ImportData"}
ACTIVE_ENTRIES = {"/JS", "/EF", "/EmbeddedFiles", "/XFA"}


class Flawed(Exception):
    """The file cannot be kept; the message is one of `documents.models.SupportingDocument.Flaw`."""


def main() -> None:
    """Read the file, print the verdict."""
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


def restrain() -> None:
    """Give up, for good, what opening a file does not need."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))


def inspect_pdf(data: bytes) -> int:
    """The number of pages of a PDF that opens without a password and does nothing by itself."""
    import pikepdf

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
    import pikepdf

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
    from PIL import Image, ImageOps

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
