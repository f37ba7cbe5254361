"""The application: of somebody who comes to France for the first time, from outside the Union. Rules: BS-01, BS-02."""

from __future__ import annotations

from tests.actors import Candidate
from tests.stage import Stage, letter_says, mail_says

PROGRAMME = "Data Protection Management"


def apply(stage: Stage, livia: Candidate) -> None:
    """All of it."""
    livia.begins("Mastères Spécialisés 2024 d’Institut Mines-Télécom Business School")
    reads_her_conditions_first(livia)
    fills_in(livia)
    livia.arrives_at("Formation demandée")
    livia.ticks(PROGRAMME)
    joins_papers(stage, livia)
    pays(livia)
    submits(livia)


def reads_her_conditions_first(livia: Candidate) -> None:
    """Nothing else opens before she has accepted them."""
    livia.follow("Avant de commencer")
    before = {"Nationalité": "Brésil", "Venez-vous en France pour la première fois": "Oui"}
    livia.fills_page("Avant de commencer", before)
    livia.arrives_at("Identité")
    livia.reads("Cette page s’ouvrira quand vous aurez répondu à ceci")
    livia.turns_to("Avant de commencer")
    livia.fills_page("Avant de commencer", {"J’ai lu les conditions propres": "oui"})


def fills_in(livia: Candidate) -> None:
    """The pages of the form, one after the other."""
    livia.fills_page(
        "Identité",
        {
            "Nom de naissance": "Araújo Gonçalves",
            "Prénoms": "Lívia",
            "Date de naissance": "1999-02-28",
            "Commune de naissance": "Belém",
            "Pays de naissance": "Brésil",
        },
    )
    livia.fills_page(
        "Coordonnées",
        {
            "Adresse": "Avenida Nazaré, 1204",
            "Code postal": "66040-145",
            "Ville": "Belém",
            "Pays": "Brésil",
            "Téléphone": "+55 91 3222 1234",
        },
    )
    livia.fills_page(
        "Parcours",
        {
            "Intitulé exact de votre dernier diplôme": "Mestrado em Direito",
            "Établissement": "Universidade Federal do Pará",
            "Où en êtes-vous": "Je suis diplômé depuis moins de deux ans",
            "Venez-vous d’un pays francophone": "Non",
            "Certaines de vos pièces": "Oui",
            "Votre expérience": "Juriste, protection des données, 2023-2024",
            "Qui financera": "Un OPCO (opérateur de compétences)",
        },
    )
    livia.fills_page("Déclarations", {"J’ai lu le règlement": "oui", "Je sais que": "oui", "Je certifie": "oui"})


def joins_papers(stage: Stage, livia: Candidate) -> None:
    """Her situation asks for more than for most; the residence permit may wait. The photograph is no PDF."""
    livia.arrives_at("Pièces justificatives")
    livia.reads("Titre de séjour ou visa de long séjour")
    livia.does_not_read("Diplôme que vous préparez")
    livia.joins("cv", "motivation-letter", "photograph", "identity")
    livia.joins("delf", "diploma", "transcripts", "certified-translations")
    stage.let_workers_run()
    livia.page.reload()
    livia.does_not_read("Contrôle en cours")
    livia.follow("Continuer")


def pays(livia: Candidate) -> None:
    """By card, and by nothing else."""
    livia.arrives_at("Frais de dossier")
    livia.reads("80 € à Institut Mines-Télécom Business School")
    livia.does_not_read("Par virement", "premier vœu")
    livia.pays_by_card("80 €", "Institut Mines-Télécom Business School")
    livia.arrives_at("Frais de dossier")
    livia.reads("Frais réglés")
    mail_says("payment_received", livia.email, "votre paiement par carte de 80 €")
    livia.follow("Continuer")


def submits(livia: Candidate) -> None:
    """Reads it once more, sends it, gets a numbered receipt."""
    livia.arrives_at("Relire et transmettre")
    livia.reads("Tout y est.")
    number = livia.submits()
    notice = letter_says("receipt", livia.dossier, "Lívia Araújo Gonçalves", PROGRAMME)
    assert notice.number == number
    mail_says("dossier_submitted", livia.email, number, PROGRAMME)
