"""Two tabs, or two devices: what was saved in one is never overwritten from a page of the other that did not show it.

Rule: APP-03.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from applicants.answers import save_answers
from applicants.choices import as_kept, chosen_so_far, rank_choices
from applicants.editing import ChangedElsewhere
from applicants.explanations import explain_missing
from applicants.given import own_answers
from applicants.models import Explanation
from applicants.tests import scenario
from applicants.tests.test_choices_side_by_side import TEXT
from applicants.titles import choose_title
from programmes.models import Procedure

FIELDS = ("city", "postal_code")
EDITS = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(FIELDS), st.sampled_from(["", "Brest", "Nantes"])), max_size=10
)


@given(edits=EDITS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_answer_is_overwritten_from_a_page_that_did_not_show_it(
    procedure: Procedure, zoe: User, edits: list[tuple[str, str, str]]
) -> None:
    """Against a plain model: a tab that showed what stands, or says the same, is heeded; the other learns of it."""
    dossier = scenario.begun(procedure, zoe)
    dossier.answers.all().delete()
    stands = dict.fromkeys(FIELDS, "")
    shown = {tab: dict(stands) for tab in "ab"}
    for tab, field, value in edits:
        saving = save_answers(dossier.pk, "contact", {field: value}, by=zoe, seen=shown[tab])
        is_stale = value != stands[field] != shown[tab][field]
        assert dict(saving.stale) == ({field: stands[field]} if is_stale else {})
        if not is_stale:
            assert saving.changed == ([field] if value != stands[field] else [])
            stands[field] = value
        shown[tab][field] = stands[field]
    assert dict.fromkeys(FIELDS, "") | own_answers(dossier) == stands


def test_without_what_the_page_showed_an_answer_is_simply_saved(procedure: Procedure, zoe: User) -> None:
    """As acts that no page asks for do."""
    dossier = scenario.begun(procedure, zoe)
    for city in ("Brest", "Nantes"):
        assert not save_answers(dossier.pk, "contact", {"city": city}, by=zoe).stale


def test_an_identity_changed_elsewhere_is_not_overwritten(procedure: Procedure, zoe: User) -> None:
    """It stands with the candidate, not with the dossier's other answers."""
    dossier = scenario.begun(procedure, zoe)
    save_answers(dossier.pk, "identity", {"given_names": "Zoé"}, by=zoe)
    saving = save_answers(dossier.pk, "identity", {"given_names": "Zazie"}, by=zoe, seen={"given_names": ""})
    assert dict(saving.stale) == {"given_names": "Zoé"}
    assert scenario.reloaded(dossier.pk).candidate.given_names == "Zoé"


def test_an_order_changed_elsewhere_is_not_overwritten(procedure: Procedure, zoe: User) -> None:
    dossier = scenario.filled(procedure, zoe)
    seen = as_kept(chosen_so_far(dossier))
    rank_choices(dossier.pk, ["ales", "albi"], by=zoe, seen=seen)
    rank_choices(dossier.pk, ["ales", "albi"], by=zoe, seen=seen)  # the same from the other tab
    with pytest.raises(ChangedElsewhere):
        rank_choices(dossier.pk, ["albi", "ales"], by=zoe, seen=seen)
    assert list(chosen_so_far(scenario.reloaded(dossier.pk))) == ["ales", "albi"]


def test_a_title_changed_elsewhere_is_not_overwritten(procedure: Procedure, zoe: User) -> None:
    dossier = scenario.filled(procedure, zoe)
    title = dossier.rules.titles[0]
    first, second = title.specialities[0].code, title.specialities[1].code
    choose_title(dossier.pk, title=title.code, speciality=first, equivalence="", by=zoe)
    with pytest.raises(ChangedElsewhere):
        choose_title(dossier.pk, title=title.code, speciality=second, equivalence="", by=zoe, seen="M1/other/")
    assert scenario.reloaded(dossier.pk).speciality == first


def test_an_explanation_changed_elsewhere_is_not_overwritten(db: None, zoe: User) -> None:
    dossier = scenario.begun(scenario.procedure_from(TEXT), zoe)
    explain_missing(dossier.pk, "paper:cv", "Perdu.", by=zoe, seen="")
    with pytest.raises(ChangedElsewhere):
        explain_missing(dossier.pk, "paper:cv", "Volé.", by=zoe, seen="")
    explain_missing(dossier.pk, "paper:cv", "Retrouvé.", by=zoe, seen="Perdu.")
    assert Explanation.objects.get().text == "Retrouvé."
