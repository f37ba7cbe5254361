"""Papers of each programme, further documents, and what may be explained instead. Rules: APP-08, APP-09, APP-17."""

from __future__ import annotations

import dataclasses

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from applicants.choices import rank_choices
from applicants.contents import read_contents
from applicants.dossiers import start_dossier
from applicants.editing import NotEditable
from applicants.explanations import NotExplainable, explain_missing
from applicants.given import answers_of
from applicants.models import Dossier, Explanation
from applicants.papers import NotAsked, deposit_paper, lay_aside_unasked
from applicants.readiness import FilledIn, asked_papers, missing_items
from applicants.submission import NotReady, submit_dossier
from applicants.tests import scenario
from applicants.tests.reading import read
from applicants.tests.test_choices_side_by_side import TEXT
from documents.models import SupportingDocument
from programmes.models import Procedure
from programmes.procedure_file import read_text
from programmes.procedure_file.nodes import FaultyFile

RULES = read_text(TEXT, name="side-by-side.yaml").rules
PROGRAMMES = ("reseaux", "energie", "logiciel")


@given(st.frozensets(st.sampled_from(PROGRAMMES)))
def test_each_programme_chosen_has_its_letter_and_no_other_has(chosen: frozenset[str]) -> None:
    asked = {rule.code for rule in asked_papers(RULES, {"programme": " ".join(chosen)})}
    assert {code for code in asked if code.startswith("letter")} == {f"letter--{code}" for code in chosen}
    for code in PROGRAMMES:
        paper = RULES.paper(f"letter--{code}")
        assert paper is not None
        assert paper.label.fr.startswith("Lettre de motivation – ")
    assert RULES.paper("letter") is None, "no file is deposited as all letters at once"
    assert RULES.paper("cv--energie") is None


@given(
    st.frozensets(st.sampled_from(["paper:cv", "paper:award", "paper:letter--energie", "choices", "field:family_name"]))
)
def test_only_what_may_be_explained_stands_in_the_way_no_more(explained: frozenset[str]) -> None:
    filled = FilledIn(answers={"programme": "energie"}, choices=("energie",))
    before = {item.code for item in missing_items(RULES, filled)}
    after = {item.code for item in missing_items(RULES, dataclasses.replace(filled, explained=explained))}
    assert before - after == explained & {"paper:cv", "paper:letter--energie"}
    strict = dataclasses.replace(RULES, submission=type(RULES.submission)())
    assert {i.code for i in missing_items(strict, dataclasses.replace(filled, explained=explained))} == before


@pytest.fixture
def made_up(db: None) -> Procedure:
    return scenario.procedure_from(TEXT)


@pytest.fixture
def dossier(made_up: Procedure, zoe: User) -> Dossier:
    """Filled in, with one letter to give."""
    dossier = start_dossier(made_up.pk, by=zoe)
    scenario.answer_all(dossier, zoe)
    rank_choices(dossier.pk, ["logiciel"], by=zoe)
    scenario.deposit_all(dossier, zoe)
    SupportingDocument.objects.filter(kind="letter--logiciel").delete()
    return scenario.reloaded(dossier.pk)


LETTER = "paper:letter--logiciel"


def codes_missing(dossier: Dossier) -> set[str]:
    return {item.code for item in read_contents(scenario.reloaded(dossier.pk)).missing}


def test_a_letter_is_deposited_for_a_programme_that_is_asked_for(dossier: Dossier, zoe: User) -> None:
    assert codes_missing(dossier) == {LETTER}
    deposit_paper(dossier.pk, "letter--logiciel", scenario.pdf(), by=zoe)
    assert codes_missing(dossier) == set()
    with pytest.raises(NotAsked):
        deposit_paper(dossier.pk, "letter--energie", scenario.pdf(), by=zoe)


def test_the_letter_of_a_programme_given_up_is_laid_aside(dossier: Dossier, zoe: User) -> None:
    deposit_paper(dossier.pk, "letter--logiciel", scenario.pdf(), by=zoe)
    rank_choices(dossier.pk, ["reseaux"], by=zoe, statuses={"reseaux": "student"})
    lay_aside_unasked(scenario.reloaded(dossier.pk), answers_of(scenario.reloaded(dossier.pk)), by=zoe)
    assert not SupportingDocument.objects.current().filter(kind="letter--logiciel").exists()


def test_further_documents_are_as_many_as_one_likes_and_never_missing(dossier: Dossier, zoe: User) -> None:
    for number in range(3):
        deposit_paper(dossier.pk, "further", scenario.pdf(f"{number}.pdf"), by=zoe)
    assert SupportingDocument.objects.current().filter(kind="further").count() == 3
    assert codes_missing(dossier) == {LETTER}


def test_a_dossier_is_submitted_with_an_explanation(dossier: Dossier, zoe: User) -> None:
    with pytest.raises(NotReady):
        submit_dossier(dossier.pk, by=zoe)
    explain_missing(dossier.pk, LETTER, "  Mon ordinateur est mort.  ", by=zoe)
    assert submit_dossier(dossier.pk, by=zoe).number
    assert Explanation.objects.get().text == "Mon ordinateur est mort."
    assert "dossier.explained" in scenario.events(dossier.pk)


def test_a_blank_explanation_takes_it_back(dossier: Dossier, zoe: User) -> None:
    explain_missing(dossier.pk, LETTER, "Plus tard.", by=zoe)
    explain_missing(dossier.pk, LETTER, " ", by=zoe)
    assert codes_missing(dossier) == {LETTER}


def test_nothing_is_left_to_explain_once_the_paper_is_there(dossier: Dossier, zoe: User) -> None:
    """Else a paper that staff refuse would count as explained by words that were about something else."""
    explain_missing(dossier.pk, LETTER, "Plus tard.", by=zoe)
    deposit_paper(dossier.pk, "letter--logiciel", scenario.pdf(), by=zoe)
    assert not Explanation.objects.exists()


@pytest.mark.parametrize("code", ["paper:cv", "paper:award", "choices", "paper:unknown", "field:family_name"])
def test_only_what_is_missing_and_may_be_is_explained(dossier: Dossier, zoe: User, code: str) -> None:
    """The résumé is there; the rest blocks whatever is said, or is not asked for."""
    with pytest.raises(NotExplainable):
        explain_missing(dossier.pk, code, "Parce que.", by=zoe)


def test_nobody_explains_for_another_nor_after_submission(dossier: Dossier, zoe: User, other: User) -> None:
    with pytest.raises(Dossier.DoesNotExist):
        explain_missing(dossier.pk, LETTER, "Parce que.", by=other)
    explain_missing(dossier.pk, LETTER, "Parce que.", by=zoe)
    submit_dossier(dossier.pk, by=zoe)
    with pytest.raises(NotEditable):
        explain_missing(dossier.pk, LETTER, "Autre chose.", by=zoe)


def test_the_candidate_explains_from_the_paper_and_reads_it_in_the_review(
    client: Client, dossier: Dossier, zoe: User
) -> None:
    client.force_login(zoe)
    slug = dossier.procedure.slug
    address = reverse("applicants:explain", args=[slug, LETTER])
    assert address in read(client.get(reverse("applicants:paper", args=[slug, "letter--logiciel"])))
    assert address in read(client.get(reverse("applicants:review", args=[slug])))
    client.post(address, {"text": "Mon ordinateur est mort."})
    review = read(client.get(reverse("applicants:review", args=[slug])))
    assert "Mon ordinateur est mort." in review
    assert "Votre dossier part sans tout ce qui est demandé" in review
    assert "Expliquée" in read(client.get(reverse("applicants:papers", args=[slug])))
    assert client.get(reverse("applicants:explain", args=[slug, "paper:award"])).status_code == 404


FAULTS = [
    ("open: oui", "open: oui\n    required: oui", "ne peut pas être obligatoire"),
    ("forced: oui", "forced: peut-être", "oui ou non est attendu"),
    ("forced: oui", "forcible: oui", "la clé « forcible » est inconnue ici"),
    ("per_choice: oui", "per_choice: oui\n    proves_title: oui", "se joint au dossier"),
    ("  letter:\n", f"  {'letter' * 6}:\n    # trop long\n", "sont trop longs ensemble"),
]


@pytest.mark.parametrize(("right", "wrong", "reason"), FAULTS)
def test_what_is_wrong_in_the_file_is_told_with_its_line(right: str, wrong: str, reason: str) -> None:
    assert right in TEXT
    text = TEXT.replace("  logiciel:", f"  {'logiciel' * 4}:").replace("logiciel: [", f"{'logiciel' * 4}: [")
    text = text.replace("[logiciel]", f"[{'logiciel' * 4}]") if "trop longs" in reason else TEXT
    with pytest.raises(FaultyFile) as refusal:
        read_text(text.replace(right, wrong, 1), name="x.yaml")
    assert reason in " / ".join(str(fault) for fault in refusal.value.faults)
    assert all(fault.line > 1 for fault in refusal.value.faults)
