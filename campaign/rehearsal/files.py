"""The papers that made-up candidates deposit: small, but real PDFs and JPEGs, each made once."""

from __future__ import annotations

import io
from functools import cache

import pikepdf
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

from programmes.rules import FileKind, PaperRule

A4 = (595, 842)  # points
FACE = settings.BASE_DIR / "static/vendor/source-sans-3-print/SourceSans3-Regular.ttf"
TYPES = {FileKind.PDF: "application/pdf", FileKind.JPEG: "image/jpeg", FileKind.PNG: "image/png"}


def paper(rule: PaperRule, *, as_image: bool = False) -> SimpleUploadedFile:
    """A file that may be deposited as that paper; a photograph of it where that is allowed and wanted."""
    kind = FileKind.PDF
    if FileKind.PDF not in rule.kinds or (as_image and FileKind.JPEG in rule.kinds):
        kind = FileKind.JPEG if FileKind.JPEG in rule.kinds else FileKind.PNG
    made = _pdf(rule.label.fr) if kind == FileKind.PDF else _image(rule.label.fr, kind)
    return SimpleUploadedFile(f"{rule.code}.{kind}", made, content_type=TYPES[kind])


def locked_pdf(rule: PaperRule) -> SimpleUploadedFile:
    """A PDF that opens with a password only, which the check turns down."""
    return SimpleUploadedFile(f"{rule.code}.pdf", _pdf(rule.label.fr, "sésame"), content_type=TYPES[FileKind.PDF])


@cache
def _pdf(label: str, password: str = "") -> bytes:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=A4)
        page = pdf.pages[0]
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica,
                                  Encoding=pikepdf.Name.WinAnsiEncoding)  # fmt: skip
        page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(font)))
        page.obj.Contents = pdf.make_stream(_lines(label, "Pièce inventée pour une répétition."))
        made = io.BytesIO()
        encryption = pikepdf.Encryption(owner=password, user=password) if password else False
        pdf.save(made, encryption=encryption, deterministic_id=not password)
        return made.getvalue()


def _lines(title: str, below: str) -> bytes:
    """The drawing of a page with two lines of text."""
    shown = [
        line.encode("cp1252", "replace").replace(b"\\", b"").replace(b"(", b"\\(").replace(b")", b"\\)")
        for line in (title, below)
    ]
    return b"BT /F1 18 Tf 56 760 Td (%s) Tj /F1 12 Tf 0 -32 Td (%s) Tj ET" % tuple(shown)


@cache
def _image(label: str, kind: FileKind) -> bytes:
    image = Image.new("RGB", (640, 400), "#f4f1ea")
    pen = ImageDraw.Draw(image)
    pen.rectangle((24, 24, 616, 376), outline="#1f3a5f", width=3)
    pen.text((48, 48), label, fill="#1f3a5f", font=ImageFont.truetype(FACE, 22))
    made = io.BytesIO()
    image.save(made, kind.upper())
    return made.getvalue()
