"""The study: the money, the papers, the opinion of the head of programme, the jury of March and its instant.

Rules: NE-01, NE-03, NE-04, NE-06.
"""

from __future__ import annotations

from documents.models import Notice
from juries.choice_decisions import decide_choice
from tests.actors import Candidate, Person
from tests.journeys.ms_imtne_2025.cast import LOU, Cast
from tests.stage import letter_says, mail_says, mails_to, says

RESULTS = "2025-03-28 14:00"
STUDIED = "Votre dossier est à l’étude"
ADMITTED = "MS CSE (cybersécurité) : place à confirmer"


def study(cast: Cast) -> None:
    """From the bank's statement to the results."""
    cast.stage.move_to("2025-03-06 10:00")
    finds_the_transfer(cast.accountant, cast.awa)
    examines(cast.service, cast.awa)
    cast.stage.move_to("2025-03-14 10:00")
    waits_for_an_opinion(cast.president, cast.awa)
    gives_an_opinion(cast.head, cast.awa)
    cast.stage.move_to("2025-03-26 09:00")
    decides(cast)
    publishes_the_session(cast.president)
    appears_at_its_instant(cast)


def finds_the_transfer(accountant: Person, awa: Candidate) -> None:
    """The bank has lost accents and apostrophe; the line is hers all the same."""
    accountant.go("/gestion/")
    accountant.follow("Paiements")
    accountant.follow("Relevé bancaire")
    accountant.fill({"Lignes": "05/03/2025;VIR N DIAYE BENOIT MS CSE CYBERSECURITE;60,00"})
    accountant.press("Chercher à qui elles sont")
    accountant.press("Noter les virements choisis")
    accountant.reads("Ce qui vient d’être noté")
    mail_says("payment_received", awa.email, "IMT Nord Europe a bien reçu votre virement de 60 €")


def examines(service: Person, awa: Candidate) -> None:
    """Each paper is looked at; then the dossier goes before the jury."""
    service.go("/gestion/")
    service.follow("dossier a des pièces à examiner")
    service.follow("Awa N’Diaye-Benoît")
    service.reads("Pour valider ce dossier, il reste")
    for _paper in range(4):
        service.accepts_the_paper()
    service.press("Valider le dossier")
    service.reads(f"Le dossier {awa.dossier.reference} est validé")
    mail_says("dossier_validated", awa.email, "votre dossier est validé")
    awa.home()
    awa.arrives_at(STUDIED)


def waits_for_an_opinion(president: Person, awa: Candidate) -> None:
    """Before it the jury does not decide."""
    president.go("/gestion/")
    president.follow("Candidatures")
    president.follow("Jury d’admission")
    president.follow("Awa N’Diaye-Benoît")
    president.reads("avis attendu")


def gives_an_opinion(head: Person, awa: Candidate) -> None:
    """The head of the programme, for the jury's eyes."""
    head.go("/gestion/")
    head.follow("candidature attend votre avis")
    head.follow("Awa N’Diaye-Benoît")
    head.fill({"Avis": "favorable", "Commentaire": "Un projet précis, des bases solides en réseaux."})
    head.press("Enregistrer mon avis")
    head.reads("Votre avis est donné.")
    assert not says(awa.words_of_home(), "favorable")


def decides(cast: Cast) -> None:
    """Awa is admitted at the table; the two others by the act, one of them on the waiting list."""
    president, step = cast.president, cast.stage.procedure.steps.get(code="admission")
    president.go("/gestion/")
    president.follow("candidatures à décider, Jury d’admission")
    president.follow("Awa N’Diaye-Benoît")
    president.reads("Un projet précis")
    president.fill({"Décision": "admis"})
    president.press("Enregistrer la décision")
    president.reads("La décision est prise.")
    for choice, outcome in ((cast.paul, "admitted"), (cast.lou, "waiting")):
        decide_choice(choice.pk, step.pk, outcome=outcome, by=cast.presiding)


def publishes_the_session(president: Person) -> None:
    """What will be told to whom is read first; the calendar gives the instant."""
    president.follow("Publier les décisions de cette session")
    president.reads("Publier 3 décisions")
    president.reads("vous êtes admis dans la formation MS CSE (cybersécurité)")
    president.press("Publier 3 décisions")
    president.reads("La publication est prête")


def appears_at_its_instant(cast: Cast) -> None:
    """Not a second before, on no page, by no mail, as no letter."""
    stage, awa = cast.stage, cast.awa
    stage.just_before(RESULTS, stage.run_what_is_due)
    assert "choice_admitted" not in mails_to(awa.email)
    assert not Notice.objects.filter(kind="decision").exists()
    before = stage.just_before(RESULTS, awa.words_of_home)
    assert says(before, STUDIED)
    assert not says(before, "admis sous réserve")
    stage.move_to(RESULTS)
    assert says(awa.words_of_home(), "sous réserve de votre titre")
    stage.let_workers_run()
    mail_says("choice_admitted", awa.email, "admis sous réserve", "mardi 30 septembre 2025 à minuit")
    letter_says("decision", awa.dossier, "sous réserve du titre exigé", "MS CSE (cybersécurité)")
    mail_says("choice_waiting", LOU, "au rang 1")
    mail_says("place_offered", awa.email, "samedi 12 avril 2025 à minuit")
    awa.home()
    awa.arrives_at(ADMITTED)
