"""The kinds of mails as the office's register names them; each kind is a text per language in templates/mail/."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: dict[str, Promise] = {
    # the account
    "address_code": _("code de confirmation d’adresse"),
    "accounts_joined": _("comptes réunis"),
    "address_left": _("adresse quittée"),
    "address_taken": _("nouvelle adresse"),
    "known_address": _("compte déjà ouvert"),
    "password_link": _("lien de mot de passe"),
    "role_given": _("rôle confié"),
    "role_lent": _("suppléance confiée"),
    "sign_in_code": _("code de connexion"),
    "unknown_address": _("adresse sans compte"),
    "erasure_asked": _("effacement demandé"),
    # the dossier
    "dossier_started": _("dossier ouvert"),
    "dossier_extended": _("délai accordé"),
    "closing_reminder": _("rappel de clôture"),
    "dossier_submitted": _("dossier transmis"),
    "identity_corrected": _("identité corrigée"),
    "programme_added": _("formation ajoutée"),
    "dossier_validated": _("dossier validé"),
    "dossier_voided": _("dossier annulé"),
    "dossier_withdrawn": _("dossier retiré"),
    "rules_changed": _("règles changées"),
    "paper_turned_down": _("pièce refusée"),
    "correction_asked": _("correction demandée"),
    "correction_answered": _("réponse à une correction"),
    "correction_withdrawn": _("correction levée"),
    "typed_in": _("saisie pour le candidat"),
    "message_to_candidate": _("message au candidat"),
    "message_to_school": _("message d’un candidat"),
    "referee_asked": _("appréciation demandée"),
    "referee_reminder": _("rappel d’appréciation"),
    "referee_deposited": _("appréciation déposée"),
    "referee_declined": _("appréciation déclinée"),
    # the fee
    "payment_received": _("paiement reçu"),
    "payment_surplus": _("paiement reçu en trop"),
    "transfer_not_received": _("virement non reçu"),
    "exemption_accepted": _("exonération accordée"),
    "exemption_refused": _("exonération refusée"),
    "reduction_accepted": _("tarif réduit accepté"),
    "refund_granted": _("remboursement accordé"),
    "refund_refused": _("remboursement refusé"),
    "refund_paid": _("remboursement versé"),
    # the jury
    "summons": _("convocation aux épreuves"),
    "result_admissible": _("résultat : admissible"),
    "result_not_admissible": _("résultat : non admissible"),
    "result_admitted": _("résultat : sur un tableau d’admission"),
    "result_refused": _("résultat : refusé"),
    "result_corrected": _("décision rectifiée"),
    "rank_given": _("rang donné"),
    "choice_called": _("résultat : candidature retenue pour la suite"),
    "slot_booked": _("créneau d’entretien"),
    "supplement_asked": _("complément demandé"),
    "choice_not_retained": _("résultat : candidature non retenue"),
    "choice_admitted": _("résultat : admis dans une formation"),
    "choice_waiting": _("résultat : liste d’attente"),
    "choice_refused": _("résultat : non admis dans une formation"),
    # the integration
    "offer_made": _("place proposée"),
    "period_without_offer": _("période sans proposition"),
    "reply_recorded": _("réponse enregistrée"),
    "reply_reminder": _("rappel de réponse"),
    "removed_for_silence": _("sorti faute de réponse"),
    "seat_taken": _("place prise"),
    "seat_lapsed": _("place perdue"),
    "place_offered": _("place à confirmer"),
    "place_postponed": _("délai d’une place prolongé"),
    "instalment_postponed": _("délai d’une échéance prolongé"),
    "place_reminder": _("rappel d’une place à confirmer"),
    "place_confirmed": _("place confirmée"),
    "place_ended": _("place rendue"),
    "start_letter": _("date de rentrée"),
    "integration_ended": _("fin de l’intégration"),
    "admission_pronounced": _("admission définitive"),
}


def in_words(kind: str) -> str:
    """A kind as a reader understands it; the kind itself if it has no words."""
    return str(KINDS.get(kind, kind))
