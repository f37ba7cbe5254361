"""The selection: a study in the order of arrival, an interview before a jury, a waiting list.

Rules: IIM-01, IIM-04, IIM-05.
"""

from __future__ import annotations

from playwright.sync_api import expect

from tests.actors import Person
from tests.journeys.iim_second_cycle.cast import MAJOR, Cast
from tests.journeys.troupe import validate
from tests.stage import letter_says, loosely, mail_says, mails_to, says

RESULTS = "2026-07-01 14:00"


def select(cast: Cast) -> None:
    """From the school's queue to the results."""
    is_studied_in_turn(cast)
    meets_the_jury(cast)
    decides(cast)
    learns_at_the_instant(cast)


def is_studied_in_turn(cast: Cast) -> None:
    """Papers first; then each dossier in its turn, and the results within ten working days."""
    cast.stage.move_to("2026-05-18 09:00")
    validates_both(cast)
    cannot_be_skipped(cast.school)
    retains(cast.school, "Ulysse Marchand")
    retains(cast.school, "Naïma Škvorecká")
    publishes_the_study(cast)


def validates_both(cast: Cast) -> None:
    """Naïma's papers at the desk, Ulysse's by the acts."""
    school = cast.school
    validate(cast.ulysse.dossier, cast.verifier)
    school.go("/gestion/")
    school.follow("1 dossier a des pièces à examiner")
    school.follow(cast.naima.dossier.reference)
    for _paper in range(5):
        school.accepts_the_paper()
    school.press("Valider le dossier")
    school.reads("est validé")
    mail_says("dossier_validated", cast.naima.email, "votre dossier est validé")


def cannot_be_skipped(school: Person) -> None:
    """Who arrived first is named, and the later dossier is not decided by accident."""
    school.go("/gestion/")
    school.follow("2 candidatures à décider, Étude du dossier")
    expect(school.main.locator("tbody tr")).to_contain_text(["Ulysse Marchand", "Naïma Škvorecká"])
    school.follow("Naïma Škvorecká")
    school.arrives_at("Naïma Škvorecká")
    school.reads("est arrivé avant, et attend encore.")
    school.fill({"Décision": "admissible"})
    school.press("Enregistrer la décision")
    school.reads("Les dossiers s’étudient dans l’ordre de leur arrivée")
    school.follow("Étudier d’abord ce dossier")
    school.arrives_at("Ulysse Marchand")


def retains(school: Person, name: str) -> None:
    """The next in turn goes on to an interview."""
    school.go("/gestion/")
    school.follow("Étude du dossier")
    school.follow(name)
    school.arrives_at(name)
    school.fill({"Décision": "admissible"})
    school.press("Enregistrer la décision")
    school.reads("La décision est prise.")


def publishes_the_study(cast: Cast) -> None:
    """Both at once; candidates read it from then on."""
    school, naima = cast.school, cast.naima
    naima.home()
    naima.arrives_at("Votre dossier est à l’étude")
    publishes(school, "Étude du dossier")
    cast.stage.let_workers_run()
    naima.home()
    naima.reads("Retenue pour la suite")
    mail_says("choice_called", naima.email, "est retenue pour la suite", MAJOR)
    letter_says("decision", naima.dossier, "Elle est retenue pour la suite de la sélection", MAJOR)


def publishes(worker: Person, step: str) -> None:
    """The two decisions of a step, at the instant that the page proposes."""
    worker.go("/gestion/")
    worker.follow(f"2 décisions à publier, {step}")
    for name in ("Ulysse Marchand", "Naïma Škvorecká"):
        worker.main.get_by_label(loosely(f"Publier la décision sur {name}")).check()
    worker.press("Publier les décisions cochées…")
    worker.press("Publier 2 décisions")
    worker.reads("La publication est prête")


def meets_the_jury(cast: Cast) -> None:
    """The school opens slots before a jury, and gives one to each, alone."""
    school, naima = cast.school, cast.naima
    cast.stage.move_to("2026-06-10 10:00")
    school.go("/gestion/")
    school.follow("2 candidatures sans créneau d’entretien")
    school.fill({"Nom du jury": "Jury du jeu vidéo", "Formation": MAJOR, "Salle": "L204"})
    school.press("Ajouter le jury")
    school.reads("Le jury est ajouté.")
    school.fill({"Jour": "2026-06-22"})
    school.press("Ouvrir ces créneaux")
    school.reads("Les créneaux sont ouverts.")
    for name, slot in (("Ulysse Marchand", "9 h"), ("Naïma Škvorecká", "9 h 30")):
        school.follow(name)
        school.fill({"Créneau": f"22 juin, {slot}, Jury du jeu vidéo"})
        school.press("Donner ce créneau")
        school.reads(f"{name} a son créneau, et en est prévenu.")
    naima.home()
    naima.reads("Votre entretien est le lundi 22 juin 2026 à 9 h 30")
    mail_says("slot_booked", naima.email, "lundi 22 juin 2026", "9 h 30", "L204")


def decides(cast: Cast) -> None:
    """One is admitted, the other waits at the first rank; it will appear at the instant of the calendar."""
    president = cast.president
    cast.stage.move_to("2026-06-30 10:00")
    for name, decision in (("Ulysse Marchand", "admis"), ("Naïma Škvorecká", "liste d’attente")):
        president.go("/gestion/")
        president.follow("Admission")
        president.follow(name)
        president.arrives_at(name)
        president.fill({"Décision": decision})
        president.press("Enregistrer la décision")
        president.reads("La décision est prise.")
    publishes(president, "Admission")
    president.reads("des décisions paraîtront le mercredi 1er juillet 2026 à 14 h")


def learns_at_the_instant(cast: Cast) -> None:
    """Not a second before; then on the page, by mail, and as a letter."""
    stage, naima = cast.stage, cast.naima
    stage.just_before(RESULTS, stage.run_what_is_due)
    assert not {"choice_waiting", "choice_admitted", "place_offered"} & set(mails_to(naima.email))
    assert not says(stage.just_before(RESULTS, naima.words_of_home), "Liste d’attente")
    assert not says(stage.just_before(RESULTS, cast.ulysse.words_of_home), "Le jury vous admet")
    stage.move_to(RESULTS)
    assert says(naima.words_of_home(), "Vous y êtes au rang 1.")
    stage.let_workers_run()
    mail_says("choice_waiting", naima.email, "rang 1")
    letter_says("decision", naima.dossier, "sur la liste d’attente de cette formation, au rang 1")
    letter_says("place", cast.ulysse.dossier, "jeudi 16 juillet 2026", "Bulletin d’engagement", "1 200 €")
