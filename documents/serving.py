"""Serving: files leave through the application, to those whose right the caller has checked.

Nothing of the file can act on the portal: its kind is told and not to be guessed, its own policy allows it
nothing, only the portal's own pages may frame it, and no cache keeps it.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from django.http import FileResponse, Http404

from documents.letters import ensure_rendered
from documents.models import Notice, SupportingDocument

TYPES = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}
ENDINGS = {"pdf": ".pdf", "jpeg": ".jpg", "png": ".png"}
# A browser's own viewer of PDF frames the file in a page that it writes itself.
POLICY = "default-src 'none'; object-src 'self'; img-src 'self'; frame-ancestors 'self'; base-uri 'none'"


def paper_response(document: SupportingDocument, *, download: bool = False) -> FileResponse:
    """A paper, shown or to be saved.

    Raises:
        Http404: it has not passed its check; nobody is shown it before.
    """
    if document.check_state != SupportingDocument.Check.PASSED:
        raise Http404
    stem = PurePosixPath(document.original_name).stem or document.kind
    response = FileResponse(
        document.file.open("rb"),
        as_attachment=download,
        filename=stem + ENDINGS[document.content],
        content_type=TYPES[document.content],
    )
    return _guarded(response)


def notice_response(notice: Notice, *, download: bool = False) -> FileResponse:
    """The PDF of a notice, made now if the workers have not come to it.

    Raises:
        Http404: its instant has not come on the procedure's clock.
    """
    if not notice.is_visible:
        raise Http404
    ensure_rendered(notice)
    response = FileResponse(
        notice.file.open("rb"),
        as_attachment=download,
        filename=f"{notice.kind}-{notice.number}.pdf",
        content_type=TYPES["pdf"],
    )
    return _guarded(response)


def _guarded(response: FileResponse) -> FileResponse:
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
