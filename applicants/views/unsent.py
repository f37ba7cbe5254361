"""What somebody sent when they were signed in no more: kept for an hour, until they are back, and then shown again.

It stands in the cache, under a key that only the browser's session knows; a session lasts through a sign-in. It is
shown once, where it was written, for the dossier that the form names. Rule: APP-03.
"""

from __future__ import annotations

import secrets

from django.core.cache import cache
from django.http import HttpRequest, QueryDict

from applicants.models import Dossier

KEY = "unsent"  # of the session
DOSSIER, FIELD = "dossier", "field"  # controls of a form: whose it is, and the id of the one that had the cursor
LONGEST = 400_000  # characters of a whole form
KEPT_FOR = 3600  # seconds


def keep_unsent(request: HttpRequest) -> bool:
    """Keep what was posted to this address by who is not signed in; whether that can be: files are not kept."""
    data = request.POST.urlencode()
    if DOSSIER not in request.POST or request.FILES or len(data) > LONGEST:
        return False
    key = f"{KEY}:{secrets.token_urlsafe()}"
    cache.set(key, data, KEPT_FOR)
    request.session[KEY] = {"path": request.path, "key": key}
    return True


def take_unsent(request: HttpRequest, dossier: Dossier) -> QueryDict | None:
    """What was kept of this page for that dossier, if anything was; it is kept no longer."""
    kept = request.session.get(KEY)
    if kept is None or kept["path"] != request.path:
        return None
    del request.session[KEY]
    data = QueryDict(cache.get(kept["key"], ""))
    cache.delete(kept["key"])
    return data if data.get(DOSSIER) == str(dossier.pk) else None
