"""The study: papers one by one, the dossier’s admissibility told in five working days, and an interview that she books.

Rules: BS-02, BS-03.
"""

from __future__ import annotations

from icalendar import Calendar
from playwright.sync_api import expect

from juries.booking import book_slot
from juries.choice_decisions import decide_choice
from juries.models import TestSlot
from tests.actors import Candidate, Person
from tests.journeys.ms_imtbs_2024.application import PROGRAMME
from tests.journeys.ms_imtbs_2024.cast import Cast
from tests.stage import letter_says, loosely, mail_says, mails_to, says

RESULTS = "2024-05-06 14:00"
REASON = "Vos coordonnées ne sont pas dans la lettre."
KEPT = f"{PROGRAMME} : entretien à réserver"


def study(cast: Cast) -> None:
    """From the papers to the interview."""
    cast.stage.move_to("2024-04-22 10:00")
    turns_a_paper_down(cast.service, cast.livia)
    replaces_it(cast)
    cast.stage.move_to("2024-04-24 10:00")
    validates(cast)
    cast.stage.move_to("2024-05-03 11:00")
    lets_pass(cast)
    publishes(cast.service)
    appears_at_its_instant(cast)
    opens_slots(cast)
    books(cast)


def turns_a_paper_down(service: Person, livia: Candidate) -> None:
    """With a reason, which she reads."""
    service.go("/gestion/")
    service.follow("dossier a des pièces à examiner")
    service.follow("Lívia Araújo Gonçalves")
    service.accepts_the_paper()
    service.fill({"Motif du refus": REASON})
    service.press("Refuser")
    service.reads("refusée")
    mail_says("correction_asked", livia.email, REASON)


def replaces_it(cast: Cast) -> None:
    """That paper is open, and nothing else; the new one takes its place."""
    livia = cast.livia
    livia.home()
    livia.arrives_at("Votre dossier est transmis")
    livia.reads(REASON)
    livia.follow("Voir la demande et y répondre")
    livia.arrives_at("Correction demandée")
    livia.joins("motivation-letter")
    livia.home()
    livia.follow("Voir la demande et y répondre")
    livia.press("J’ai fait la correction")
    livia.reads("Votre réponse est transmise à l’école.")
    cast.stage.let_workers_run()


def validates(cast: Cast) -> None:
    """The rest is accepted; the dossier goes to its programme."""
    service, livia = cast.service, cast.livia
    service.page.reload()
    for _paper in range(7):
        service.accepts_the_paper()
    service.press("Valider le dossier")
    service.reads(f"Le dossier {livia.dossier.reference} est validé : il est à l’étude.")
    mail_says("dossier_validated", livia.email, "La formation que vous avez choisie l’étudie maintenant.")


def lets_pass(cast: Cast) -> None:
    """The service finds her admissible; of Hugo by the act. They hear in five working days, holidays not counted."""
    service, step = cast.service, cast.stage.procedure.steps.get(code="admissibility")
    service.go("/gestion/")
    service.follow("candidatures à décider, Étude du dossier")
    service.follow("Lívia Araújo Gonçalves")
    service.fill({"Décision": "admissible", "Motif": "Juriste, projet clair."})
    service.press("Enregistrer la décision")
    service.reads("La décision est prise.")
    decide_choice(cast.hugo.dossier.choices.get().pk, step.pk, outcome="admissible", by=cast.verifier)
    service.go("/gestion/")
    service.reads("2 décisions à publier, Étude du dossier")
    service.reads("à faire avant le mardi 14 mai 2024 à minuit")  # 8 and 9 May are holidays


def publishes(service: Person) -> None:
    """Decision by decision, after reading what will be written; at an hour that the service chooses."""
    service.follow("décisions à publier, Étude du dossier")
    boxes = service.main.get_by_role("checkbox", name=loosely("Publier la décision sur"))
    expect(boxes).to_have_count(2)
    for box in boxes.all():
        box.check()
    service.press("Publier les décisions cochées…")
    service.reads("est retenue pour la suite")
    service.fill({"Instant de publication": RESULTS.replace(" ", "T")})
    service.press("Publier 2 décisions")
    service.reads("La publication est prête")


def appears_at_its_instant(cast: Cast) -> None:
    """Not a second before, on no page and by no mail."""
    stage, livia = cast.stage, cast.livia
    stage.just_before(RESULTS, stage.run_what_is_due)
    assert "choice_called" not in mails_to(livia.email)
    before = stage.just_before(RESULTS, livia.words_of_home)
    assert says(before, "Votre dossier est à l’étude")
    assert not says(before, "retenue")
    stage.move_to(RESULTS)
    stage.let_workers_run()
    mail_says("choice_called", livia.email, f"votre candidature à la formation {PROGRAMME} est retenue pour la suite")
    letter_says("decision", livia.dossier, "Elle est retenue pour la suite de la sélection.")
    livia.home()
    livia.arrives_at(KEPT)


def opens_slots(cast: Cast) -> None:
    """A panel that meets by video, and a morning of half hours; Hugo takes the first of them."""
    service = cast.service
    service.go("/gestion/")
    service.follow("2 candidatures sans créneau libre à choisir")
    service.fill({"Nom du jury": "Mme Roux", "Lien": "https://visio.example.org/roux"})
    service.press("Ajouter le jury")
    service.reads("Le jury est ajouté.")
    service.fill({"Jour": "2024-05-15", "De": "09:00", "À": "10:30"})
    service.press("Ouvrir ces créneaux")
    service.reads("Les créneaux sont ouverts.")
    first = TestSlot.objects.earliest("starts_at")
    choice = cast.hugo.dossier.choices.get()
    book_slot(first.pk, choice.pk, by=cast.hugo.dossier.candidate.user)


def books(cast: Cast) -> None:
    """One of those that are still free; she thinks better of it, and takes another."""
    livia = cast.livia
    livia.home()
    livia.follow("Choisir un créneau")
    livia.arrives_at("Choisissez l’heure de votre entretien")
    slots = livia.main.get_by_role("radio")
    expect(slots).to_have_count(2)
    slots.first.check()
    livia.press("Réserver ce créneau")
    livia.arrives_at("Votre entretien")
    mail_says("slot_booked", livia.email, "de 9 h 30 à 10 h", "https://visio.example.org/roux")
    livia.unfold("Choisir un autre créneau")
    slots.last.check()
    livia.press("Prendre ce créneau à la place")
    livia.reads("Mercredi 15 mai 2024, de 10 h à 10 h 30")
    mail_says("slot_booked", livia.email, "votre entretien change", "de 10 h à 10 h 30")
    with livia.page.expect_download() as download:
        livia.follow("Ajouter à mon agenda")
    (event,) = Calendar.from_ical(download.value.path().read_text()).events
    assert f"{event.start:%Y-%m-%d}" == "2024-05-15"
