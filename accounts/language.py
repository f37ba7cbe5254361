"""The language in which a person is written to: the one in which they last chose to read the portal."""

from __future__ import annotations

from django.conf import settings

from accounts.models import User


def prefer_language(user: User, language: str) -> None:
    """Write to `user` in `language` from now on; one that the portal does not speak changes nothing."""
    if language in dict(settings.LANGUAGES):
        User.objects.filter(pk=user.pk).update(language=language)
