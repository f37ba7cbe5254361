"""What is left of sessions is deleted."""

from __future__ import annotations

import datetime as dt

from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.tasks import forget_ended_sessions


def test_sessions_that_have_ended_are_deleted(db: None) -> None:
    now = timezone.now()
    for key, days in (("ended", -1), ("current", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + dt.timedelta(days=days))
    forget_ended_sessions()
    assert [session.session_key for session in Session.objects.all()] == ["current"]
