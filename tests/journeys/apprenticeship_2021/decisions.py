"""The programmes: each studies, decides and publishes by its own calendar, and sees nothing of the others.

Rules: APP-13, APP-15, APP-20.
"""

from __future__ import annotations

from juries.models import Decision
from tests.actors import Person
from tests.journeys.apprenticeship_2021.cast import ALES, SAINT_ETIENNE, SUDPARIS, Cast
from tests.journeys.apprenticeship_2021.verification import OPINION
from tests.stage import letter_says, mail_says, mails_to, says

NAME = "Aminata Diéye-Kœnig"
STUDIED, ADMITTED = "2021-03-31 14:00", "2021-05-18 14:00"


def decide(cast: Cast) -> None:
    """From the first study to the waiting list of the slower programme."""
    networks_study_first(cast)
    appears_at_its_instant(cast)
    mechatronics_see_nothing_of_it(cast)
    networks_admit(cast)
    mechatronics_let_wait(cast)


def networks_study_first(cast: Cast) -> None:
    """The dossier stands marked as early; the opinion that came after the closing is there to read."""
    networks = cast.networks
    cast.stage.move_to("2021-03-26 09:30")
    networks.go("/gestion/")
    networks.follow("1 candidature à décider, Étude du dossier")
    networks.reads("étude anticipée")
    networks.follow(NAME)
    networks.follow("Dossier 2021-")
    networks.follow("Lire la fiche")
    networks.reads(OPINION)
    decides(networks, "Étude du dossier", "admissible")
    publishes_the_session(networks)


def decides(jury: Person, step: str, outcome: str) -> None:
    """On its own choice."""
    jury.go("/gestion/")
    jury.follow(f"1 candidature à décider, {step}")
    jury.follow(NAME)
    jury.arrives_at(NAME)
    jury.fill({"Décision": outcome})
    jury.press("Enregistrer la décision")
    jury.reads("La décision est prise.")


def publishes_the_session(jury: Person) -> None:
    """For the instant of its own calendar, which the page proposes."""
    jury.follow("Publier les décisions de cette session…")
    jury.reads(NAME)
    jury.press("Publier 1 décision")
    jury.reads("La publication est prête")


def appears_at_its_instant(cast: Cast) -> None:
    """Not a second before; and of the other programmes nothing."""
    stage, aminata = cast.stage, cast.aminata
    stage.just_before(STUDIED, stage.run_what_is_due)
    assert "choice_called" not in mails_to(aminata.email)
    assert not says(stage.just_before(STUDIED, aminata.words_of_home), "Retenue pour la suite")
    stage.move_to(STUDIED)
    assert says(aminata.words_of_home(), "Retenue pour la suite")
    stage.let_workers_run()
    mail_says("choice_called", aminata.email, SUDPARIS, "Télécom SudParis")
    letter_says("decision", aminata.dossier, "Elle est retenue pour la suite", SUDPARIS)
    aminata.home()
    aminata.reads("La formation étudie votre dossier.")  # the others


def mechatronics_see_nothing_of_it(cast: Cast) -> None:
    """The jury of another school decides on its own choice only, and reads no other decision."""
    jury = cast.mechatronics
    cast.stage.move_to("2021-04-01 14:30")
    jury.go("/gestion/")
    jury.follow("1 candidature à décider, Étude du dossier")
    jury.does_not_read(SUDPARIS)
    jury.follow(NAME)
    jury.follow("Dossier 2021-")
    jury.reads("Ce qui manque, et pourquoi")
    jury.does_not_read("Décisions du jury", "Décision publiée")
    decides(jury, "Étude du dossier", "admissible")
    publishes_the_session(jury)


def networks_admit(cast: Cast) -> None:
    """Under condition of the title, which is to come; a place follows at once, for fifteen days."""
    stage, aminata = cast.stage, cast.aminata
    stage.move_to("2021-05-12 10:00")
    stage.let_workers_run()
    decides(cast.networks, "Admission", "admis")
    publishes_the_session(cast.networks)
    assert not says(stage.just_before(ADMITTED, aminata.words_of_home), "Place à confirmer")
    stage.move_to(ADMITTED)
    stage.let_workers_run()
    mail_says("choice_admitted", aminata.email, SUDPARIS, "sous réserve")
    letter_says("decision", aminata.dossier, "sous réserve du titre exigé", "jeudi 30 septembre 2021 à minuit")
    letter_says("place", aminata.dossier, SUDPARIS, "mercredi 2 juin 2021")


def mechatronics_let_wait(cast: Cast) -> None:
    """The slower programme puts her on its waiting list; Saint-Étienne has not decided yet."""
    stage, aminata = cast.stage, cast.aminata
    stage.move_to("2021-05-25 14:30")
    decides(cast.mechatronics, "Admission", "liste d’attente")
    publishes_the_session(cast.mechatronics)
    stage.move_to("2021-05-27 14:00")
    stage.let_workers_run()
    mail_says("choice_waiting", aminata.email, ALES, "rang 1")
    aminata.home()
    aminata.reads("Vous y êtes au rang 1.")
    aminata.reads(SAINT_ETIENNE)
    assert not Decision.objects.filter(choice__programme__title=SAINT_ETIENNE).exists()
