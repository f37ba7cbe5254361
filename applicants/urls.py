"""The dossier's pages: their addresses. A dossier is found by the procedure's and by who is signed in."""

from django.urls import path

from applicants.views import (
    appraisals,
    choices,
    conversation,
    corrections,
    explanations,
    fees,
    form_pages,
    papers,
    payments,
    referees,
    review,
    start,
    titles,
    withdrawal,
)

app_name = "applicants"
urlpatterns = [
    path("appreciation/<str:secret>/", appraisals.appraisal, name="appraisal"),
    path("appreciation/<str:secret>/decliner/", appraisals.decline, name="decline_appraisal"),
    path("papier/<uuid:document_id>/", papers.paper_file, name="paper_file"),
    path("papier/<uuid:document_id>/retirer/", papers.remove, name="remove_paper"),
    path("referent/<uuid:referee_id>/relancer/", referees.remind, name="remind_referee"),
    path("<slug:slug>/commencer/", start.start, name="start"),
    path("<slug:slug>/page/<str:code>/", form_pages.form_page, name="page"),
    path("<slug:slug>/titre/", titles.title, name="title"),
    path("<slug:slug>/titre/ecoles/", titles.eligible_schools, name="eligible_schools"),
    path("<slug:slug>/voeux/", choices.choices, name="choices"),
    path("<slug:slug>/pieces/", papers.papers, name="papers"),
    path("<slug:slug>/pieces/<str:kind>/", papers.paper, name="paper"),
    path("<slug:slug>/expliquer/<str:code>/", explanations.explain, name="explain"),
    path("<slug:slug>/referents/", referees.referees, name="referees"),
    path("<slug:slug>/referents/<str:kind>/", referees.name, name="name_referee"),
    path("<slug:slug>/referents/remplacer/<uuid:referee_id>/", referees.replace, name="replace_referee"),
    path("<slug:slug>/frais/", fees.fee, name="fee"),
    path("<slug:slug>/frais/exoneration/", fees.ask_to_owe_nothing, name="ask_exemption"),
    path("<slug:slug>/frais/exoneration/retirer/", fees.withdraw_request, name="withdraw_exemption"),
    path("<slug:slug>/paiement/<uuid:charge_id>/", payments.payment, name="payment"),
    path("<slug:slug>/paiement/<uuid:charge_id>/retirer/", payments.withdraw_payment, name="withdraw_payment"),
    path("<slug:slug>/paiement/<uuid:charge_id>/carte/", payments.pay_by_card, name="pay_by_card"),
    path("<slug:slug>/relecture/", review.review, name="review"),
    path("<slug:slug>/transmettre/", review.submit, name="submit"),
    path("<slug:slug>/accuse/", review.receipt, name="receipt"),
    path("<slug:slug>/messages/", conversation.messages_page, name="messages"),
    path("<slug:slug>/messages/fichier/<uuid:document_id>/", conversation.attachment, name="attachment"),
    path("<slug:slug>/correction/<uuid:correction_id>/", corrections.correction, name="correction"),
    path("<slug:slug>/retrait/", withdrawal.withdraw, name="withdraw"),
]
