"""The place confirmed by a word, the title given later to the school that admits, the enrolment. Rule: APP-15."""

from __future__ import annotations

from tests.journeys.apprenticeship_2021.cast import SUDPARIS, Cast
from tests.stage import letter_says, mail_says


def enrol(cast: Cast) -> None:
    """From the place to the definitive admission."""
    confirms_the_place(cast)
    sends_the_title(cast)
    is_enrolled(cast)


def confirms_the_place(cast: Cast) -> None:
    """Within the fifteen days; the title is then awaited."""
    aminata = cast.aminata
    cast.stage.move_to("2021-06-01 20:00")
    aminata.home()
    aminata.arrives_at(f"{SUDPARIS} : place à confirmer")
    aminata.follow("Confirmer ma place")
    aminata.arrives_at("Ma place")
    aminata.press("Confirmer ma place")
    aminata.reads("Place confirmée, titre attendu")
    mail_says("place_confirmed", aminata.email, SUDPARIS)
    cast.stage.let_workers_run()


def sends_the_title(cast: Cast) -> None:
    """To the school that admits, which reads it; the central office has nothing to do with it any more."""
    aminata, sudparis = cast.aminata, cast.sudparis
    cast.stage.move_to("2021-07-05 10:00")
    aminata.home()
    aminata.go(f"/places/{aminata.slug}/ma-place/")
    aminata.follow("Déposer mon titre")
    aminata.arrives_at("Pièces justificatives")
    aminata.joins("required-title")
    cast.stage.let_workers_run()
    sudparis.go("/gestion/")
    sudparis.follow("1 titre d’entrant à examiner")
    sudparis.follow("Aminata Diéye-Kœnig")
    sudparis.accepts_the_paper()
    cast.stage.let_workers_run()


def is_enrolled(cast: Cast) -> None:
    """Definitively: on the page, by mail, and as a letter."""
    aminata = cast.aminata
    aminata.home()
    aminata.reads("Votre place est confirmée et votre admission définitive. Bienvenue.")
    mail_says("admission_pronounced", aminata.email, SUDPARIS)
    said = ("votre admission est définitive", SUDPARIS, "Aminata Diéye-Kœnig")
    letter_says("enrolment", aminata.dossier, *said)
