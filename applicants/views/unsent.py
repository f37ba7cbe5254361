"""What somebody sent when they were signed in no more: kept in the session until they are back, and then shown again.

The session lasts through a sign-in, so nothing of it reaches the browser. It is kept for an hour, for the dossier that
the form names, and shown once, where it was written. Rule: APP-03.
"""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, QueryDict

from applicants.models import Dossier
from journal.clock import instant

KEY = "unsent"
DOSSIER, FIELD = "dossier", "field"  # controls of a form: whose it is, and the id of the one that had the cursor
LONGEST = 400_000  # characters of a whole form
KEPT_FOR = dt.timedelta(hours=1)


def keep_unsent(request: HttpRequest) -> bool:
    """Keep what was posted to this address by who is not signed in; whether that can be: files are not kept."""
    data = request.POST.urlencode()
    if DOSSIER not in request.POST or request.FILES or len(data) > LONGEST:
        return False
    request.session[KEY] = {"path": request.path, "data": data, "until": (instant() + KEPT_FOR).isoformat()}
    return True


def take_unsent(request: HttpRequest, dossier: Dossier) -> QueryDict | None:
    """What was kept of this page for that dossier, if anything was; it is kept no longer."""
    kept = request.session.get(KEY)
    if kept is None or kept["path"] != request.path:
        return None
    del request.session[KEY]
    data = QueryDict(kept["data"])
    is_current = dt.datetime.fromisoformat(kept["until"]) > instant()
    return data if is_current and data.get(DOSSIER) == str(dossier.pk) else None
