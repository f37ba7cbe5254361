"""A paper that the answers asked for, and no longer do, is in nobody's way. Rules: AST-08, AST-11."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from applicants.answers import save_answers
from applicants.corrections import answer_correction, ask_correction
from applicants.models import Dossier
from applicants.papers import deposit_paper
from applicants.submission import submit_dossier
from applicants.tests.scenario import VERIFYING, fee_of, filled, pass_checks, pdf, reloaded, set_clock, submitted
from applicants.titles import choose_title
from documents.models import SupportingDocument
from payments.transfers import declare_transfer
from programmes.models import Procedure


def kinds(dossier: Dossier) -> set[str]:
    return set(SupportingDocument.objects.current().filter(folder=dossier.folder).values_list("kind", flat=True))


def test_a_title_changed_leaves_no_paper_of_the_other_behind(procedure: Procedure, zoe: User) -> None:
    dossier = filled(procedure, zoe)
    choose_title(dossier.pk, title="M1", speciality="chimie", equivalence="", by=zoe)
    deposit_paper(dossier.pk, "syllabus-m1", pdf(), by=zoe)
    assert {"syllabus-l3", "syllabus-m1"} <= kinds(dossier)  # a draft keeps both, the title may change again
    declare_transfer(fee_of(dossier, zoe).pk, on=procedure.now().date(), by=zoe)
    submit_dossier(dossier.pk, by=zoe)
    assert "syllabus-m1" in kinds(dossier)
    assert "syllabus-l3" not in kinds(dossier)


def test_an_answer_corrected_takes_its_papers_with_it(procedure: Procedure, zoe: User, verifier: User) -> None:
    dossier = submitted(procedure, zoe)
    deposit_paper(dossier.pk, "required-title", pdf(), by=zoe)
    pass_checks(dossier)
    set_clock(procedure, VERIFYING)
    until = procedure.now() + dt.timedelta(days=7)
    opens = ["page:path", "paper:held-title"]
    asked = ask_correction(dossier.pk, opens=opens, reason="Vous avez déjà le titre", until=until, by=verifier)
    save_answers(dossier.pk, "path", {"title_held": "yes"}, by=zoe)
    deposit_paper(dossier.pk, "held-title", pdf(), by=zoe)
    answer_correction(asked.pk, by=zoe)
    assert "held-title" in kinds(reloaded(dossier.pk))
    assert "required-title" not in kinds(dossier)
