"""The central office: what it asks, what the candidate asks, a referee who declines, a programme added, the validation.

Rules: APP-09, APP-10, APP-13, APP-14, APP-15, APP-16, APP-20, APP-21.
"""

from __future__ import annotations

from tests.actors import Candidate, Person
from tests.journeys.apprenticeship_2021.application import MANAGER, NO_DIPLOMA, TEACHER
from tests.journeys.apprenticeship_2021.cast import ALES, SAINT_ETIENNE, SUDPARIS, Cast
from tests.journeys.troupe import accept_papers
from tests.stage import letter_says, link_in, mail_says

QUESTION = "Monsieur Tanguy ne peut pas répondre. Puis-je demander à ma tutrice de stage ?"
ANSWER = "Oui : nous rouvrons la page des référents professionnels, et elle seule."
TUTOR = "nadia.haddad@operateur.example"
OPINION = "Elle a monté seule notre banc d’essai."


def verify(cast: Cast) -> None:
    """From the office's queue to the programmes."""
    cast.stage.move_to("2021-02-08 09:00")
    declines(cast.manager)
    asks_the_office(cast.aminata)
    opens_what_is_asked(cast)
    names_another(cast.aminata)
    validates(cast)
    adds_a_programme(cast)
    submits_anew(cast)
    it_is_too_late(cast)
    answers_after_the_closing(cast)


def declines(manager: Person) -> None:
    """From the link of the mail, without an account."""
    opens_the_link(manager, MANAGER)
    manager.arrives_at("Votre avis sur")
    manager.press("Décliner la demande")
    manager.confirms("Décliner la demande")
    manager.arrives_at("Vous avez décliné")


def opens_the_link(referee: Person, email: str) -> None:
    """The one in the mail to that address."""
    mail = mail_says("referee_asked", email, "Aminata Diéye-Kœnig", "dimanche 21 mars 2021 à minuit")
    referee.go(link_in(mail, "appreciation"))


def asks_the_office(aminata: Candidate) -> None:
    """She is told by mail, has no other free hand, and asks in the dossier."""
    mail_says("referee_declined", aminata.email, "Yves Tanguy")
    aminata.home()
    aminata.arrives_at("Votre dossier est transmis")
    aminata.go(f"/dossier/{aminata.slug}/referents/")
    aminata.arrives_at("Référents")
    aminata.does_not_read("Désigner une personne", "Désigner quelqu’un d’autre")
    aminata.home()
    aminata.follow("Messages avec le service des admissions")
    aminata.arrives_at("Messages")
    aminata.fill({"Votre message": QUESTION})
    aminata.press("Envoyer le message")
    aminata.reads(QUESTION)


def opens_what_is_asked(cast: Cast) -> None:
    """The office reads the question and what is missing, answers, and opens one page only."""
    office, aminata = cast.office, cast.aminata
    office.go("/gestion/")
    office.follow("1 message d’un candidat à lire")
    office.follow("Aminata Diéye-Kœnig")
    office.reads(QUESTION)
    office.fill({"Votre message": ANSWER})
    office.press("Envoyer le message")
    office.reads(ANSWER)
    mail_says("message_to_candidate", aminata.email, "Apprentissage IMT 2021")
    office.follow("Voir le dossier")
    office.reads("Le candidat demande une étude anticipée.")
    office.reads(NO_DIPLOMA)
    office.unfold("Demander une correction…")
    office.fill(
        {"Ce que la demande ouvre": "Référent professionnel", "Ce que vous demandez": "Désignez votre tutrice."}
    )
    office.press("Envoyer la demande au candidat")
    office.reads("La demande est envoyée au candidat.")
    office.unfold("Étudier ce dossier avant les autres…")
    office.fill({"Pourquoi": "Départ au Canada le 12 avril"})
    office.press("Enregistrer")
    office.reads("Étude anticipée : Départ au Canada le 12 avril")


def names_another(aminata: Candidate) -> None:
    """In the place that is left; nothing else is open."""
    aminata.home()
    aminata.reads("Un message vous attend.")
    aminata.follow("Voir la demande et y répondre")
    aminata.arrives_at("Correction demandée")
    aminata.go(f"/dossier/{aminata.slug}/page/studies/")
    aminata.arrives_at("Cursus académique post-bac")
    aminata.reads("vous pouvez relire cette page, mais plus la modifier")
    aminata.go(f"/dossier/{aminata.slug}/referents/")
    aminata.follow("Référent professionnel")
    aminata.arrives_at("Désigner une personne")
    aminata.fill({"Nom et prénom": "Nadia Haddad", "Fonction": "Tutrice de stage", "Adresse": TUTOR})
    aminata.press("Envoyer la demande")
    aminata.arrives_at("Référents")
    aminata.does_not_read("Désigner une personne")
    aminata.follow("Voir la demande et y répondre")
    aminata.press("J’ai fait la correction")
    aminata.reads("Votre réponse est transmise")


def validates(cast: Cast) -> None:
    """Who examines is the office, for all; what is explained stands in the way no more; the programmes then see it."""
    office, aminata = cast.office, cast.aminata
    cast.mechatronics.go("/gestion/")
    cast.mechatronics.does_not_read("candidature à décider")
    office.go("/gestion/")
    office.follow("1 dossier a des pièces à examiner")
    office.follow(aminata.dossier.reference)
    for _paper in range(2):
        office.accepts_the_paper()
    accept_papers(aminata.dossier, cast.verifier)
    office.page.reload()
    office.press("Valider le dossier")
    office.reads("est validé")
    mail_says("dossier_validated", aminata.email, "votre dossier est validé")
    aminata.home()
    aminata.arrives_at("Votre dossier est à l’étude")
    aminata.reads("chaque formation que vous avez choisie l’étudie de son côté")


# --- A programme added: APP-14 ----------------------------------------------------------------------------------------


def adds_a_programme(cast: Cast) -> None:
    """On the ninth of March, at her request; the whole dossier is open again, and she is warned."""
    office, aminata = cast.office, cast.aminata
    cast.stage.move_to("2021-03-09 17:00")
    office.go("/gestion/")
    office.follow("Dossiers")
    office.follow(aminata.dossier.reference)
    office.unfold("Ajouter une formation…")
    office.reads("il ne sera plus transmis tant que son candidat n’aura pas joint ce que la formation demande")
    office.fill({"Formation à ajouter": SAINT_ETIENNE})
    office.press("Ajouter et rouvrir le dossier")
    office.reads(SAINT_ETIENNE)
    said = f"la formation « {SAINT_ETIENNE} » est ajoutée", "c’est tout votre dossier qui ne sera pas étudié"
    mail_says("programme_added", aminata.email, *said, "mardi 16 mars 2021 à 23 h")


def submits_anew(cast: Cast) -> None:
    """One letter more, 22 € more, and another receipt."""
    aminata, office = cast.aminata, cast.office
    cast.stage.move_to("2021-03-10 00:00")
    first = aminata.dossier.receipt.number
    aminata.home()
    aminata.reads("Dossier rouvert : il n’est plus transmis.")
    aminata.follow("Pièces justificatives")
    aminata.joins("motivation--saint-etienne-genie-industriel")
    aminata.follow("Continuer")
    aminata.follow("Continuer")
    aminata.arrives_at("Frais de dossier")
    aminata.reads("Complément : 22 € à Institut Mines-Télécom.")
    aminata.pays_by_card("22 €", "Institut Mines-Télécom")
    aminata.reads("Frais réglés")
    aminata.follow("Continuer")
    assert aminata.submits() != first
    letter_says("receipt", aminata.dossier, ALES, SUDPARIS, SAINT_ETIENNE)
    cast.stage.let_workers_run()
    accept_papers(aminata.dossier, cast.verifier)
    office.page.reload()
    office.does_not_read("Ajouter une formation…")  # the ninth of March is over
    office.press("Valider le dossier")
    office.reads("est validé")


# --- After the closing: APP-10, APP-21 --------------------------------------------------------------------------------


def it_is_too_late(cast: Cast) -> None:
    """Tom's dossier lacked nothing but the last button, a second before."""
    tom = cast.tom
    cast.stage.move_to("2021-03-16 22:50")
    tom.go(f"/dossier/{tom.slug}/relecture/")
    tom.arrives_at("Relire et transmettre")
    tom.reads("Tout y est.")
    cast.stage.move_to("2021-03-16 23:00:00")
    tom.press("Transmettre mon dossier")
    tom.confirms("Transmettre mon dossier")
    tom.reads("Cette étape est close depuis le mardi 16 mars 2021 à 23 h")
    tom.home()
    tom.arrives_at("Votre dossier n’a pas été transmis")


def answers_after_the_closing(cast: Cast) -> None:
    """A referee has some days more; the opinion joins the dossier, where the programmes read it."""
    teacher, aminata = cast.teacher, cast.aminata
    cast.stage.move_to("2021-03-18 20:00")
    opens_the_link(teacher, TEACHER)
    teacher.arrives_at("Votre avis sur")
    teacher.fill(
        {
            "En quelle qualité": "J’ai dirigé son projet.",
            "Travail et rigueur": "Excellent",
            "Autonomie": "Excellent",
            "Aptitude à la vie": "Bon",
            "Que pensez-vous": OPINION,
            "Votre avis": "Très favorable",
        }
    )
    teacher.press("Déposer la fiche")
    teacher.arrives_at("Votre fiche est déposée")
    aminata.go(f"/dossier/{aminata.slug}/referents/")
    aminata.reads("Fiche déposée")
    aminata.does_not_read(OPINION)
