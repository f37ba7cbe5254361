"""Consent to the data-protection notice: which version a person read and agreed to, when and in which
language.

A version is a pair of texts, templates/accounts/data_protection/<version>/<language>.html. It is never
edited once people have agreed to it: a change is a new version, to which they are asked to agree when they
next begin a dossier.
"""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from accounts.models import Consent, User
from journal.clock import instant
from journal.record import record

CURRENT_VERSION = "2026-01"


def has_consented(user: User) -> bool:
    """Whether `user` agreed to the version in force."""
    return Consent.objects.filter(user=user, notice_version=CURRENT_VERSION).exists()


@transaction.atomic
def give_consent(user: User, language: str) -> Consent:
    """Note that `user` agrees to the version in force, as read in `language`; a second time changes nothing.

    Rule: APP-01.
    """
    consent, is_new = Consent.objects.get_or_create(
        user=user,
        notice_version=CURRENT_VERSION,
        defaults={"language": language[:5], "given_at": instant()},
    )
    if is_new:
        record("consent.given", user, by=user, version=CURRENT_VERSION, language=consent.language)
    return consent


def notice_template(language: str) -> str:
    """The template of the version in force in `language`; in French where there is no other."""
    code = "en" if language.startswith("en") else settings.LANGUAGE_CODE
    return f"accounts/data_protection/{CURRENT_VERSION}/{code}.html"
