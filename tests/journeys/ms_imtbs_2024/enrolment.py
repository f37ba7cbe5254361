"""The enrolment: the deposit that confirms a place, the start, the visa that came later, the deposit paid back.

Hugo does not pay, and staff let his place go. Rules: BS-02, BS-07.
"""

from __future__ import annotations

from applicants.refunds import proof_rule
from tests.actors import Candidate
from tests.journeys.ms_imtbs_2024.application import PROGRAMME
from tests.journeys.ms_imtbs_2024.cast import HUGO, Cast
from tests.journeys.ms_imtbs_2024.judgement import ADMITTED
from tests.stage import letter_says, mail_says

IBAN = "FR14 2004 1010 0505 0001 3M02 606"


def enrol(cast: Cast) -> None:
    """From the deposit to the first quarter after the start."""
    cast.stage.move_to("2024-06-10 18:00")
    pays_the_deposit(cast)
    is_enrolled(cast.livia)
    cast.stage.move_to("2024-06-24 09:00")
    lets_a_place_go(cast)
    hears_when_it_starts(cast)
    sends_the_visa(cast)
    cast.stage.move_to("2024-10-14 09:00")
    asks_the_deposit_back(cast)


def pays_the_deposit(cast: Cast) -> None:
    """In the delay that the confirmation gave, by card."""
    livia = cast.livia
    mail_says("place_offered", livia.email, "vendredi 21 juin 2024 à minuit", "régler l’acompte de 450 €")
    livia.home()
    livia.arrives_at(ADMITTED)
    livia.follow("Confirmer ma place")
    livia.arrives_at("Ma place")
    livia.follow("acompte")
    livia.reads("450 € à Institut Mines-Télécom Business School")
    livia.pays_by_card("450 €", "Institut Mines-Télécom Business School")
    livia.reads("Somme réglée")
    cast.stage.let_workers_run()


def is_enrolled(livia: Candidate) -> None:
    """Definitively, as her diploma was accepted with the other papers: on the page, by mail, as a letter."""
    livia.home()
    livia.reads("Admission définitive")
    livia.reads("La rentrée a lieu le lundi 30 septembre 2024.")
    mail_says("admission_pronounced", livia.email, PROGRAMME)
    letter_says("enrolment", livia.dossier, "votre admission est définitive", "Lívia Araújo Gonçalves")


def lets_a_place_go(cast: Cast) -> None:
    """Without the deposit the place is not confirmed; nothing happens by itself, staff see it and decide."""
    service = cast.service
    service.go("/gestion/")
    service.follow("1 place non confirmée dans son délai")
    service.reads("confirmées : 1")
    service.follow("Hugo Lefèvre")
    service.press("Libérer la place")
    service.reads("La place est libérée")
    mail_says("place_ended", HUGO, "n’a pas été confirmée dans le délai")
    cast.hugo.home()
    cast.hugo.reads("Place perdue")
    cast.hugo.reads("Cette place n’a pas été confirmée dans le délai")


def hears_when_it_starts(cast: Cast) -> None:
    """The school writes to those who come."""
    service = cast.service
    service.go("/gestion/")
    service.follow("Places à confirmer")
    service.follow("Écrire à 1 personne")
    service.press("Envoyer 1 lettre et son courriel")
    service.reads("1 lettre est partie.")
    mail_says("start_letter", cast.livia.email, "votre rentrée, le lundi 30 septembre 2024")
    letter_says("start", cast.livia.dossier, "lundi 30 septembre 2024")


def sends_the_visa(cast: Cast) -> None:
    """What could come later has come, and the service looks at it."""
    livia, service = cast.livia, cast.service
    livia.home()
    livia.follow("Pièces justificatives")
    livia.reads("au plus tard le jeudi 31 octobre 2024 à minuit")
    livia.does_not_read("aucune admission n’est définitive")
    livia.joins("residence-permit")
    cast.stage.let_workers_run()
    service.go("/gestion/")
    service.follow("1 dossier validé a reçu une pièce")
    service.follow("Lívia Araújo Gonçalves")
    service.accepts_the_paper()


def asks_the_deposit_back(cast: Cast) -> None:
    """An OPCO pays: in the first quarter after the start the deposit comes back, on proof; the fee never does."""
    livia, accountant = cast.livia, cast.accountant
    livia.home()
    livia.follow("Remboursements")
    livia.arrives_at("Remboursements")
    livia.does_not_read("80 €")
    livia.follow("Demander le remboursement")
    livia.fill({"Titulaire du compte": "Lívia Araújo Gonçalves", "IBAN": IBAN})
    (funded,) = livia.dossier.rules.refunds
    livia.attaches(proof_rule(funded), "Accord de prise en charge")
    livia.press("Demander le remboursement")
    livia.reads("450 €, demandés le lundi 14 octobre 2024.")
    cast.stage.let_workers_run()
    accountant.go("/gestion/")
    accountant.follow("1 remboursement à décider ou à verser")
    accountant.main.get_by_role("row", name="Lívia Araújo Gonçalves").get_by_role("link").click()
    accountant.press("Accorder le remboursement")
    accountant.press("Noter le versement")
    accountant.reads("Le remboursement est noté comme versé")
    mail_says("refund_paid", livia.email, "450 €")
    livia.page.reload()
    livia.reads("450 € versés le lundi 14 octobre 2024")
