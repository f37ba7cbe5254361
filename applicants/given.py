"""What was answered so far: read from where it is kept, by field id."""

from __future__ import annotations

from applicants.models import Candidate, Dossier


def answers_of(dossier: Dossier) -> dict[str, str]:
    """All answers by field id: the form's, the identity, and title, speciality and equivalence.

    These are the names that conditions use.
    """
    return answers_with(dossier, dict(dossier.answers.values_list("field", "value")))


def answers_with(dossier: Dossier, own: dict[str, str]) -> dict[str, str]:
    """As `answers_of`, where the form's answers are read already, as for many dossiers at once."""
    chosen = {"title": dossier.title, "speciality": dossier.speciality, "equivalence": dossier.equivalence}
    return own | identity_of(dossier.candidate) | chosen


def identity_of(candidate: Candidate) -> dict[str, str]:
    """The candidate's identity, as answers."""
    born = candidate.birth_date
    return {
        "family_name": candidate.family_name,
        "name_in_use": candidate.name_in_use,
        "given_names": candidate.given_names,
        "birth_date": born.isoformat() if born else "",
    }
