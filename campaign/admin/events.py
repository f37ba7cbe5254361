"""The events of the journal as its readers name them. The journal keeps codes: words may change, entries never do."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVENTS: dict[str, Promise] = {
    "procedure.loaded": _("procédure chargée"),
    "rehearsal.cleared": _("répétition effacée"),
    "role.given": _("rôle donné"),
    "role.taken_back": _("rôle retiré"),
    "consent.given": _("accord donné"),
    "mail.sent_again": _("courriel renvoyé"),
    "notice.issued": _("avis établi"),
    "notice.replaced": _("avis remplacé"),
    # the dossier
    "dossier.started": _("dossier commencé"),
    "dossier.title_chosen": _("titre choisi"),
    "dossier.choices_ranked": _("vœux classés"),
    "dossier.answers_saved": _("réponses enregistrées"),
    "dossier.version_changed": _("passage aux nouvelles règles"),
    "dossier.submitted": _("dossier transmis"),
    "dossier.validated": _("dossier validé"),
    "dossier.withdrawn": _("dossier retiré"),
    "dossier.voided": _("dossier annulé"),
    "correction.asked": _("correction demandée"),
    "correction.answered": _("correction faite"),
    "correction.withdrawn": _("correction levée"),
    # papers and appraisals
    "paper.deposited": _("pièce déposée"),
    "paper.checked": _("pièce contrôlée"),
    "paper.reviewed": _("pièce examinée"),
    "paper.read": _("pièce lue"),
    "paper.removed": _("pièce retirée"),
    "referee.named": _("référent nommé"),
    "referee.reminded": _("référent relancé"),
    "referee.replaced": _("référent remplacé"),
    "referee.deposited": _("appréciation déposée"),
    "referee.declined": _("appréciation déclinée"),
    "appraisal.read": _("appréciation lue"),
    # money
    "charge.opened": _("frais demandés"),
    "charge.redirected": _("frais dus à une autre école"),
    "charge.cancelled": _("frais annulés"),
    "card.begun": _("paiement par carte commencé"),
    "card.failed": _("paiement par carte échoué"),
    "transfer.declared": _("virement annoncé"),
    "transfer.declaration_withdrawn": _("annonce de virement retirée"),
    "transfer.refused": _("virement non reçu"),
    "payment.received": _("paiement reçu"),
    "payment.surplus": _("paiement reçu en trop"),
    "exemption.asked": _("exonération demandée"),
    "exemption.withdrawn": _("demande d’exonération retirée"),
    "exemption.accepted": _("exonération accordée"),
    "exemption.refused": _("exonération refusée"),
    # judgement
    "decision.taken": _("décision prise"),
    "decision.correction_proposed": _("rectification proposée"),
    "decision.corrected": _("décision rectifiée"),
    "publication.prepared": _("publication préparée"),
    "publication.cancelled": _("publication annulée"),
    "publication.announced": _("résultats annoncés"),
    "panel.added": _("jury d’épreuve ajouté"),
    "panel.changed": _("lieu d’un jury changé"),
    "panel.removed": _("jury d’épreuve supprimé"),
    "tests.planned": _("journées d’épreuves découpées"),
    "tests.assigned": _("candidats placés"),
    "tests.moved": _("créneau changé"),
    "tests.freed": _("créneau libéré"),
    "tests.summoned": _("candidat convoqué"),
    "tests.summons_sent": _("convocations envoyées"),
    "mark.recorded": _("note enregistrée"),
    # seats
    "list.set": _("tableau d’admission arrêté"),
    "rank.given": _("rang donné"),
    "admission.decided": _("admission décidée"),
    "admission.pronounced": _("admission définitive"),
    "seats.moved": _("places reportées"),
    "period.opened": _("période ouverte"),
    "period.closed": _("période fermée"),
    "period.skipped": _("période sautée"),
    "offer.answered": _("réponse à une proposition"),
    "reply_code.made": _("code de réponse créé"),
    "reply_code.cancelled": _("code de réponse annulé"),
    "reply_code.entered": _("code de réponse saisi"),
    "reply_code.mistyped": _("code de réponse mal saisi"),
    "seat.taken": _("place prise"),
    "seat.given_up": _("place abandonnée"),
    "seat.lapsed": _("place perdue"),
    "integration_file.received": _("dossier d’intégration reçu"),
}


def in_words(event: str) -> str:
    """An event as a reader understands it; its code if it has no words."""
    return str(EVENTS.get(event, event))
