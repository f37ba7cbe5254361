"""Verification: the school ranked first asks for a correction, accepts papers and money, and validates.

Rules: AST-07, AST-10, AST-25.
"""

from __future__ import annotations

from documents.models import SupportingDocument
from tests.actors import Candidate, Person
from tests.journeys.ast_2026.cast import Cast
from tests.journeys.troupe import accept_papers
from tests.stage import mail_says

REASON = "Le nom exact de votre licence manque."
VALIDATED = "Votre dossier est validé"


def verify(cast: Cast) -> None:
    """From the school's queue to the jury."""
    cast.stage.move_to("2026-03-25 10:00")
    asks_for_a_correction(cast.albi, cast.zoe)
    answers(cast.zoe)
    accepts(cast)
    notes_the_transfer(cast.albi, cast.zoe)
    validates(cast.albi, cast.zoe)


def asks_for_a_correction(albi: Person, zoe: Candidate) -> None:
    """Staff open the dossier from their queue, and one page of it to the candidate."""
    albi.go("/gestion/")
    albi.follow("Dossiers")
    albi.follow(zoe.dossier.reference)
    albi.reads("Zoé Nguyễn-Lefèvre")
    albi.reads("Pour valider ce dossier, il reste")
    albi.unfold("Demander une correction…")
    albi.fill({"Ce que la demande ouvre": "Parcours depuis le baccalauréat", "Ce que vous demandez": REASON})
    albi.press("Envoyer la demande au candidat")
    albi.reads("La demande est envoyée au candidat.")
    mail_says("correction_asked", zoe.email, REASON, "mercredi 1er avril 2026")


def answers(zoe: Candidate) -> None:
    """What was asked is open, and nothing else."""
    zoe.home()
    zoe.arrives_at("Votre dossier est transmis")
    zoe.reads(REASON)
    zoe.follow("Voir la demande et y répondre")
    zoe.arrives_at("Correction demandée")
    zoe.go(f"/dossier/{zoe.slug}/page/contact/")
    zoe.arrives_at("Coordonnées")
    zoe.reads("vous pouvez relire cette page, mais plus la modifier")
    zoe.go(f"/dossier/{zoe.slug}/page/path/")
    zoe.fills_page("Parcours depuis le baccalauréat", {"Intitulé exact": "Licence de biologie, parcours biochimie"})
    zoe.arrives_at("Votre dossier est transmis")
    zoe.follow("Voir la demande et y répondre")
    zoe.press("J’ai fait la correction")
    zoe.arrives_at("Votre dossier est transmis")
    zoe.reads("Votre réponse est transmise à l’école.")
    zoe.does_not_read(REASON)


def accepts(cast: Cast) -> None:
    """A paper is shown beside the dossier, with its verdict; accepting it leads to the next. The others by the act."""
    albi, accepted = cast.albi, SupportingDocument.objects.filter(folder=cast.zoe.dossier.folder, review="accepted")
    albi.page.reload()
    albi.reads("répondue")
    albi.reads("Licence de biologie, parcours biochimie")
    for count in (1, 2):
        albi.accepts_the_paper()
        assert accepted.count() == count
    accept_papers(cast.zoe.dossier, cast.verifier)
    albi.page.reload()


def notes_the_transfer(albi: Person, zoe: Candidate) -> None:
    """The announced transfer has come."""
    albi.press("Noter le virement")
    albi.reads("Le virement est noté.")
    mail_says("payment_received", zoe.email, "IMT Mines Albi a bien reçu votre virement de 76 €")


def validates(albi: Person, zoe: Candidate) -> None:
    """Nothing is left to do: the dossier goes before the jury."""
    albi.press("Valider le dossier")
    albi.reads(f"Le dossier {zoe.dossier.reference} est validé : il est devant le jury.")
    mail_says("dossier_validated", zoe.email, "Admission sur titres 2026 : votre dossier est validé")
    zoe.home()
    zoe.arrives_at(VALIDATED)
    zoe.reads("jeudi 9 avril 2026 à 16 h")
