"""The judgement: two marks that do not see each other, a written piece for who falls short, the jury of June.

Rules: BS-04 to BS-06.
"""

from __future__ import annotations

from decimal import Decimal

from juries.choice_decisions import decide_choice
from juries.evaluations import deposit_evaluation
from juries.models import Supplement
from juries.supplements import paper_rule
from tests.actors import Candidate, Person
from tests.journeys.ms_imtbs_2024.application import PROGRAMME
from tests.journeys.ms_imtbs_2024.cast import HUGO, Cast
from tests.stage import letter_says, loosely, mail_says, mails_to

CRITERIA = ("Parcours académique", "Expérience professionnelle", "Projet et adéquation", "Entretien de motivation")
CODES = ("path", "experience", "project", "interview")
PRAISE = "Un projet mûri, une juriste rigoureuse."
SUBJECT = "L’innovation et la protection des données : deux pages."
ADMITTED = f"{PROGRAMME} : place à confirmer"


def judge(cast: Cast) -> None:
    """From the marks to the result."""
    cast.stage.move_to("2024-05-16 10:00")
    marks_first(cast.one)
    marks_unseen(cast.other)
    reads_both(cast.one)
    cast.stage.move_to("2024-05-17 10:00")
    asks_for_a_written_piece(cast)
    hands_it_in(cast)
    judges_it(cast.office)
    cast.stage.move_to("2024-06-06 09:00")
    decides(cast)
    tells_in_time(cast)


def marks_first(evaluator: Person) -> None:
    """Criterion by criterion, with a word."""
    opens(evaluator, "2 candidatures attendent votre évaluation")
    evaluator.fill(dict(zip(CRITERIA, ("15,5", "14,5", "16", "14"), strict=True)) | {"Commentaire": PRAISE})
    evaluator.press("Déposer mon évaluation")
    evaluator.reads("Votre évaluation est déposée.")


def marks_unseen(evaluator: Person) -> None:
    """The other sees that there is a mark, and not which."""
    opens(evaluator, "2 candidatures attendent votre évaluation")
    evaluator.reads("1 évaluation déposée")
    evaluator.does_not_read(PRAISE, "15,5", "15,00 sur 20")
    evaluator.fill(dict(zip(CRITERIA, ("12", "13", "14", "13"), strict=True)))
    evaluator.press("Déposer mon évaluation")
    evaluator.reads("Votre évaluation est déposée.")


def reads_both(evaluator: Person) -> None:
    """Once both are there, each may be read."""
    evaluator.go("/gestion/")
    evaluator.follow("Candidatures")
    evaluator.follow("Double évaluation")
    evaluator.follow("Évaluées")
    evaluator.follow("Lívia Araújo Gonçalves")
    evaluator.reads("moyenne 14,00 sur 20")
    evaluator.reads("15,00 sur 20")
    evaluator.reads("13,00 sur 20")


def opens(evaluator: Person, waiting: str) -> None:
    """From what waits, to her candidature."""
    evaluator.go("/gestion/")
    evaluator.follow(waiting)
    evaluator.follow("Lívia Araújo Gonçalves")


def asks_for_a_written_piece(cast: Cast) -> None:
    """Hugo’s marks do not let him before the jury: the office may ask for more."""
    step, choice = cast.stage.procedure.steps.get(code="evaluation"), cast.hugo.dossier.choices.get()
    for evaluator, mark in ((cast.first, Decimal(8)), (cast.second, Decimal(9))):
        deposit_evaluation(choice.pk, step.pk, marks=dict.fromkeys(CODES, mark), by=evaluator)
    office = cast.office
    office.go("/gestion/")
    office.follow("Candidatures")
    office.follow("Jury d’admission")
    office.follow("Hugo Lefèvre")
    office.reads("moyenne 8,50 sur 20")
    office.fill({"Demander": "écrit complémentaire", "Sujet": SUBJECT, "Jusqu’au": "2024-05-27T18:00"})
    office.press("Demander")
    office.reads("La demande est faite ; le candidat est prévenu.")
    mail_says("supplement_asked", HUGO, "un écrit vous est demandé", SUBJECT, "lundi 27 mai 2024 à 18 h")


def hands_it_in(cast: Cast) -> None:
    """He reads the subject, and uploads what he wrote."""
    hugo: Candidate = cast.hugo
    hugo.home()
    hugo.arrives_at(f"{PROGRAMME} : écrit à remettre")
    hugo.follow("Lire le sujet")
    hugo.arrives_at("Un écrit vous est demandé")
    hugo.reads(SUBJECT)
    hugo.attaches(paper_rule(Supplement.objects.get()))
    hugo.press("Remettre mon écrit")
    hugo.reads("Ce que vous avez remis")
    cast.stage.let_workers_run()


def judges_it(office: Person) -> None:
    """It is good enough for the jury."""
    office.go("/gestion/")
    office.follow("1 complément à juger")
    office.follow("Hugo Lefèvre")
    office.reads(SUBJECT)
    office.fill({"La candidature est": "présentable au jury"})
    office.press("Enregistrer")
    office.reads("Le complément est jugé.")


def decides(cast: Cast) -> None:
    """The jury admits both: Lívia at the table, Hugo by the act."""
    president, step = cast.president, cast.stage.procedure.steps.get(code="admission")
    president.go("/gestion/")
    president.does_not_read("tableau d’admission")
    president.follow("2 candidatures à décider, Jury d’admission")
    president.follow("Lívia Araújo Gonçalves")
    president.reads("moyenne 14,00 sur 20")
    president.fill({"Décision": "admis"})
    president.press("Enregistrer la décision")
    president.reads("La décision est prise.")
    decide_choice(cast.hugo.dossier.choices.get().pk, step.pk, outcome="admitted", by=cast.presiding)


def tells_in_time(cast: Cast) -> None:
    """Within two working days, and the office sees by when; the calendar names no instant: at once."""
    office, livia = cast.office, cast.livia
    office.go("/gestion/")
    office.reads("2 décisions à publier, Jury d’admission")
    office.reads("à faire avant le lundi 10 juin 2024 à minuit")
    office.follow("décisions à publier, Jury d’admission")
    office.main.get_by_role("listitem").filter(has_text=loosely("Session 3")).get_by_role("link").click()
    office.reads(f"vous êtes admis dans la formation {PROGRAMME}")
    assert "choice_admitted" not in mails_to(livia.email)
    office.press("Publier 2 décisions")
    office.reads("publiée le jeudi 6 juin 2024")
    cast.stage.let_workers_run()
    mail_says("choice_admitted", livia.email, f"Vous êtes admis dans la formation {PROGRAMME}")
    letter_says("decision", livia.dossier, "Le jury vous déclare admis dans cette formation.")
    livia.home()
    livia.arrives_at(ADMITTED)
