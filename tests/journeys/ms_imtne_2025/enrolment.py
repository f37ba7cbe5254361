"""The enrolment: fifteen days for a word, the first instalment and a mandate for the others, the title, the start.

Paul says nothing and loses his place when staff say so; Lou, who waited, has it. Rules: NE-02, NE-05, NE-08.
"""

from __future__ import annotations

from tests.actors import Candidate, Person
from tests.journeys.ms_imtne_2025.cast import LOU, PAUL, Cast
from tests.stage import letter_says, mail_says, mails_to

IBAN = "FR14 2004 1010 0505 0001 3M02 606"
INSTALMENT = "3 103 €"  # a third of 9 000 €, and the contribution


def enrol(cast: Cast) -> None:
    """From the place offered to the first day."""
    cast.stage.move_to("2025-04-02 18:00")
    keeps_the_place(cast.awa)
    pays_and_signs(cast.awa)
    cast.stage.move_to("2025-04-14 09:00")
    notes_the_instalment(cast)
    gives_the_silent_ones_place_on(cast)
    cast.stage.move_to("2025-07-10 09:00")
    brings_the_title(cast)
    is_enrolled(cast)
    hears_when_it_starts(cast)


def keeps_the_place(awa: Candidate) -> None:
    """By saying so."""
    awa.home()
    awa.follow("Confirmer ma place")
    awa.arrives_at("Ma place")
    awa.reads("au plus tard le samedi 12 avril 2025 à minuit")
    awa.press("Confirmer ma place")
    awa.reads("Votre place est confirmée.")
    awa.looks_again()
    mail_says("place_confirmed", awa.email, "mardi 30 septembre 2025 à minuit")


def pays_and_signs(awa: Candidate) -> None:
    """Her own schedule, as she funds herself; the first of three by transfer, the others by debit."""
    awa.follow("La première échéance de scolarité")
    awa.arrives_at("Première échéance de scolarité")
    awa.reads(f"{INSTALMENT} à IMT Nord Europe. À régler avant le jeudi 17 avril 2025 à minuit.")
    awa.reads("9 103 €")
    awa.reads("Lundi 15 décembre 2025")
    awa.reads("Dimanche 15 mars 2026")
    awa.fill({"Jour où vous avez ordonné": "2025-04-02"})
    awa.press("J’ai fait le virement")
    awa.reads("Virement annoncé")
    awa.fill({"Titulaire du compte": "Awa N’Diaye-Benoît", "IBAN": IBAN, "J’autorise": "oui"})
    awa.press("Signer le mandat")
    awa.reads("Mandat enregistré")
    awa.does_not_read(IBAN)
    awa.looks_again()


def notes_the_instalment(cast: Cast) -> None:
    """The accountant finds it among the sums waited for."""
    accountant, awa = cast.accountant, cast.awa
    accountant.go("/gestion/")
    accountant.follow("Paiements")
    accountant.follow("Virements attendus")
    accountant.press_first("Noter comme reçu")
    accountant.reads("Le virement est noté comme reçu.")
    mail_says("payment_received", awa.email, f"IMT Nord Europe a bien reçu votre virement de {INSTALMENT}")


def gives_the_silent_ones_place_on(cast: Cast) -> None:
    """The fifteen days are over; nothing happens by itself, staff see it and decide."""
    service = cast.service
    cast.stage.let_workers_run()
    assert "place_ended" not in mails_to(PAUL)
    service.go("/gestion/")
    service.follow("place non confirmée dans son délai")
    service.follow("Martin")
    service.press("Libérer la place")
    service.reads("La place est libérée")
    mail_says("place_ended", PAUL, "n’a pas été confirmée dans le délai")
    service.go("/gestion/")
    service.follow("place libre à proposer à qui attend")
    service.press_first("Proposer une place")
    service.reads("Places gardées : 2 sur 2")
    mail_says("place_offered", LOU, "une place s’est libérée", "mardi 29 avril 2025 à minuit")


def brings_the_title(cast: Cast) -> None:
    """The proof of her degree, which staff accept."""
    awa, service = cast.awa, cast.service
    awa.home()
    awa.follow("Voir ma place")
    awa.follow("Déposer mon titre")
    awa.reads("Sans elle, aucune admission n’est définitive.")
    awa.joins("required-title")
    cast.stage.let_workers_run()
    service.go("/gestion/")
    service.follow("titre d’entrant à examiner")
    service.follow("Awa N’Diaye-Benoît")
    service.accepts_the_paper()


def is_enrolled(cast: Cast) -> None:
    """Definitively: on the page, by mail, as a letter."""
    awa = cast.awa
    awa.home()
    awa.reads("Admission définitive")
    mail_says("admission_pronounced", awa.email, "MS CSE (cybersécurité)")
    letter_says("enrolment", awa.dossier, "votre admission est définitive", "Awa N’Diaye-Benoît")


def hears_when_it_starts(cast: Cast) -> None:
    """The school writes to those who come."""
    service: Person = cast.service
    service.go("/gestion/")
    service.follow("Places à confirmer")
    service.follow("Écrire à 1 personne")
    service.reads("Awa N’Diaye-Benoît")
    service.press("Envoyer 1 lettre et son courriel")
    service.reads("1 lettre est partie.")
    mail_says("start_letter", cast.awa.email, "votre rentrée, le mercredi 1er octobre 2025")
    letter_says("start", cast.awa.dossier, "mercredi 1er octobre 2025")
