"""Sweeping: the bytes in the store that belong to no row are thrown away.

A request, or a worker, that dies between storing a file and writing its row leaves such bytes behind. They are kept for
`AGE`: far longer than anything takes between the two, and long enough to notice a database that was restored badly.
"""

from __future__ import annotations

import datetime as dt
import logging

from django.core.files.storage import default_storage

from documents.models import Notice, SupportingDocument
from journal.clock import instant

log = logging.getLogger(__name__)

AGE = dt.timedelta(days=7)
FEW = 100  # leftovers that may be there however few files are known


def sweep_store() -> int:
    """Delete the files that no paper and no notice has had for `AGE`; returns how many.

    Where most of a store is unknown the database is not the one that belongs to it, and nothing is deleted.
    """
    stored = [*_files_in("papers"), *_files_in("notices")]  # before the rows: what is filed meanwhile is known then
    known = _known_files()
    unknown = [name for name in stored if name not in known]
    if len(unknown) > max(FEW, len(known)):
        log.error("Of the %s files in the store, %s are unknown: nothing is deleted", len(stored), len(unknown))
        return 0
    leftovers = [name for name in unknown if default_storage.get_modified_time(name) <= instant() - AGE]
    for name in leftovers:
        default_storage.delete(name)
    if leftovers:
        log.info("Deleted %s files that belonged to nothing", len(leftovers))
    return len(leftovers)


def _files_in(folder: str) -> list[str]:
    try:
        _folders, names = default_storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever put there
        return []
    return [f"{folder}/{name}" for name in names]


def _known_files() -> set[str]:
    papers = SupportingDocument.objects.values_list("file", flat=True)
    notices = Notice.objects.exclude(file="").values_list("file", flat=True)
    return {*papers.iterator(), *notices.iterator()}
