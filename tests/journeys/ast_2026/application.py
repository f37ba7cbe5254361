"""The application: from the procedure's page to the receipt. Rules: AST-01 to AST-11."""

from __future__ import annotations

from playwright.sync_api import expect
from pytest_django import Settings

from tests.actors import Candidate, Person
from tests.stage import Stage, letter_says, link_in, mail_says

APPRAISER = "helene.brechet@univ.example"
SECRET_OPINION = "Une étudiante remarquable, d’une curiosité rare."


def apply(stage: Stage, zoe: Candidate, appraiser: Person, settings: Settings) -> None:
    """All of it."""
    begins(zoe)
    fills_in(zoe)
    chooses(zoe)
    joins_papers(stage, zoe)
    asks_for_an_opinion(zoe, settings)
    gives_an_opinion(appraiser)
    pays(zoe)
    submits(zoe)


def begins(zoe: Candidate) -> None:
    """From the procedure's page over the account to an empty dossier."""
    zoe.begins("Admission sur titres 2026")
    zoe.reads("vendredi 20 mars 2026 à 23 h")


def fills_in(zoe: Candidate) -> None:
    """The pages of the form, one after the other."""
    zoe.follow("Identité")
    zoe.fills_page(
        "Identité",
        {
            "Nom de naissance": "Nguyễn-Lefèvre",
            "Prénoms": "Zoé",
            "Date de naissance": "2004-03-27",
            "Commune de naissance": "L’Haÿ-les-Roses",
            "Pays de naissance": "France",
            "Nationalité": "France",
        },
    )
    zoe.fills_page(
        "Coordonnées",
        {
            "Adresse": "12, rue de l’Œuvre",
            "Code postal": "31000",
            "Ville": "Toulouse",
            "Pays": "France",
            "Téléphone": "06 12 34 56 78",
        },
    )
    zoe.fills_page(
        "Parcours depuis le baccalauréat",
        {
            "Baccalauréat": "général, mathématiques et physique-chimie",
            "Année d’obtention": "2022",
            "Établissement": "Université de Toulouse",
            "Intitulé exact": "Licence de biologie",
            "Avez-vous déjà obtenu": "Non",
            "Vos études": "2022-2025, Toulouse, licence, validée",
        },
    )
    zoe.fills_page("Bourse", {"Êtes-vous boursier": "Non"})
    zoe.fills_page(
        "Déclarations",
        {"Vous présentez-vous": "Non", "J’ai lu la notice": "oui", "Je certifie": "oui"},
    )


def chooses(zoe: Candidate) -> None:
    """A title that one school does not take, and the two others in order, by the keyboard."""
    closed = "La Licence mention Biologie, Biochimie n’est pas recevable à IMT Nord Europe."
    zoe.arrives_at("Titre et spécialité")
    zoe.fill({"Quel titre": "Licence (L3)", "Licence (L3) : spécialité": "Biologie, Biochimie"})
    zoe.reads(closed)  # before anything is saved
    zoe.sends("Enregistrer et continuer")
    zoe.arrives_at("Ordre des vœux")
    zoe.reads(closed)
    assert zoe.page.get_by_role("button", name="Ajouter IMT Nord Europe").count() == 0
    lines = zoe.page.locator("form.ranking--live li")
    for rank, school in enumerate(("IMT Mines Albi", "IMT Mines Alès"), start=1):
        zoe.press(f"Ajouter {school}")
        expect(lines).to_have_count(rank)
    zoe.looks_again()
    lines.last.press("ArrowUp")
    zoe.reads("IMT Mines Alès est maintenant en position 1 sur 2.")
    zoe.reads("Enregistré à")
    zoe.page.reload()
    expect(lines).to_contain_text(["IMT Mines Alès", "IMT Mines Albi"])
    lines.first.press("ArrowDown")
    zoe.reads("IMT Mines Alès est maintenant en position 2 sur 2.")
    zoe.reads("Enregistré à")
    zoe.follow("Continuer")


def joins_papers(stage: Stage, zoe: Candidate) -> None:
    """The papers asked for, each a small PDF that the worker then opens."""
    zoe.arrives_at("Pièces justificatives")
    zoe.joins("identity", "school-certificate", "transcripts", "diplomas", "syllabus-l3", "cv", "motivation-letter")
    zoe.page.reload()
    zoe.reads("Contrôle en cours")
    stage.let_workers_run()
    zoe.page.reload()
    zoe.does_not_read("Contrôle en cours")
    zoe.follow("Continuer")


def asks_for_an_opinion(zoe: Candidate, settings: Settings) -> None:
    """The person in charge of the studies is named, and written to."""
    zoe.arrives_at("Fiche d’appréciation confidentielle")
    zoe.follow("Désigner une personne")
    zoe.arrives_at("Désigner une personne")
    zoe.fill({"Nom et prénom": "Hélène Bréchet", "Fonction": "Responsable de la licence", "Adresse": APPRAISER})
    settings.DEMO = True  # a rehearsal keeps nothing of a mail that holds a secret; a demonstration does
    zoe.press("Envoyer la demande")
    zoe.arrives_at("Fiche d’appréciation confidentielle")
    settings.DEMO = False
    zoe.reads("Réponse attendue")


def gives_an_opinion(appraiser: Person) -> None:
    """Through the link of the mail, without an account: a draft first, then the whole."""
    asked = "Admission sur titres 2026 : Zoé Nguyễn-Lefèvre vous demande une appréciation"
    mail = mail_says("referee_asked", APPRAISER, asked, "vendredi 20 mars 2026 à 23 h")
    link = link_in(mail, "appreciation")
    appraiser.go(link)
    appraiser.arrives_at("Votre avis sur")
    appraiser.fill({"En quelle qualité": "Je dirige sa licence.", "Niveau scientifique": "Excellent"})
    appraiser.press("Garder le brouillon")
    appraiser.reads("Votre brouillon est gardé.")
    appraiser.fill(
        {
            "Où se situe cette personne": "Parmi les 10 % les meilleurs",
            "Travail et rigueur": "Bon",
            "Autonomie": "Excellent",
            "Que pensez-vous": SECRET_OPINION,
            "Votre avis": "Très favorable",
        }
    )
    appraiser.press("Déposer la fiche")
    appraiser.arrives_at("Votre fiche est déposée")
    appraiser.go(link)
    appraiser.does_not_read(SECRET_OPINION)  # a link that goes astray shows nothing


def pays(zoe: Candidate) -> None:
    """The fee is owed to the first choice; a transfer is announced."""
    zoe.page.reload()
    zoe.reads("Fiche déposée")
    zoe.does_not_read(SECRET_OPINION, "Très favorable")
    zoe.follow("Continuer")
    zoe.arrives_at("Frais de dossier")
    zoe.reads("76 € à IMT Mines Albi")
    zoe.reads("FR76 1007 1420 0000 0010 0289 731")
    zoe.reads("Nguyễn-Lefèvre _Zoé _admission sur titre 2026")
    zoe.fill({"Jour où vous avez ordonné": "2026-02-10"})
    zoe.press("J’ai fait le virement")
    zoe.reads("Virement annoncé")
    zoe.follow("Continuer")


def submits(zoe: Candidate) -> None:
    """Check one's answers, send them, and get a numbered receipt."""
    zoe.arrives_at("Relire et transmettre")
    zoe.reads("Tout y est.")
    zoe.reads("L’Haÿ-les-Roses")
    zoe.submits()
    notice = letter_says("receipt", zoe.dossier, "Zoé Nguyễn-Lefèvre", "1 IMT Mines Albi 2 IMT Mines Alès")
    mail_says("dossier_submitted", zoe.email, notice.number, "1. IMT Mines Albi\n2. IMT Mines Alès")
    zoe.follow("Voir mon dossier")
    zoe.arrives_at("Votre dossier est transmis")
