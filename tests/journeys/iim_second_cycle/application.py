"""The application: from the procedure's page to the receipt. Rules: IIM-02, IIM-03."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.actors import Candidate
from tests.journeys.iim_second_cycle.cast import MAJOR, Cast
from tests.stage import letter_says, loosely, mail_says


def apply(cast: Cast) -> None:
    """From the procedure's page to the receipt."""
    naima = cast.naima
    naima.begins("Admission en cycle supérieur de l’IIM")
    naima.reads("vendredi 5 juin 2026 à minuit")
    fills_in(naima)
    joins_papers(cast)
    asks_nobody_and_pays(naima)
    submits(naima)


def submits(naima: Candidate) -> None:
    """She reads it again, sends it, and gets a numbered receipt."""
    naima.arrives_at("Relire et transmettre")
    naima.reads("Deux ans d’animation de personnages")
    number = naima.submits()
    notice = letter_says("receipt", naima.dossier, "Naïma Škvorecká", MAJOR)
    assert notice.number == number
    mail_says("dossier_submitted", naima.email, number, MAJOR)


def fills_in(naima: Candidate) -> None:
    """Who she is, her major, and what her application is based on, which she argues."""
    naima.follow("Identité")
    naima.fills_page(
        "Identité",
        {
            "Nom de naissance": "Škvorecká",
            "Prénoms": "Naïma",
            "Date de naissance": "2003-11-02",
            "Commune de naissance": "Saint-Ouen-l’Aumône",
            "Pays de naissance": "France",
            "Nationalité": "France",
        },
    )
    naima.fills_page(
        "Coordonnées",
        {
            "Adresse": "3, place de l’Hôtel-de-Ville",
            "Code postal": "95310",
            "Ville": "Saint-Ouen-l’Aumône",
            "Pays": "France",
            "Téléphone": "06 98 76 54 32",
        },
    )
    naima.fills_page(
        "Études",
        {
            "Votre baccalauréat": "Je l’ai, ou un diplôme équivalent",
            "Dernières études": "BUT Métiers du multimédia et de l’internet, IUT de Bobigny",
            "Avez-vous redoublé": "Non",
        },
    )
    naima.arrives_at("Niveau et expérience")
    level, experience = (naima.main.get_by_label(loosely(f"Votre {what}")) for what in ("niveau", "expérience"))
    expect(experience).to_be_hidden()
    naima.fill({"Sur quoi fondez-vous": "Mon expérience professionnelle dans le secteur"})
    expect(experience).to_be_visible()
    expect(level).to_be_hidden()
    naima.fill(
        {
            "Votre expérience dans le secteur": "Deux ans d’animation de personnages dans un studio de jeux.",
            "Adresses de vos réalisations": "https://naima.example/bobines",
        }
    )
    naima.sends("Enregistrer et continuer")
    naima.fills_page("Déclarations", {"Je sais qu’un désistement": "oui", "Je certifie": "oui"})
    naima.ticks(MAJOR)


def joins_papers(cast: Cast) -> None:
    """The four papers asked for; a portfolio may come with them, and appraisals may not come at all."""
    naima = cast.naima
    naima.arrives_at("Pièces justificatives")
    naima.does_not_read("Relevés de notes d’une troisième année", "Bulletin d’engagement")
    naima.joins("motivation-letter", "identity", "transcripts", "diplomas", "portfolio")
    cast.stage.let_workers_run()
    naima.follow("Continuer")


def asks_nobody_and_pays(naima: Candidate) -> None:
    """Nobody has to be named; the fee is paid by card."""
    naima.arrives_at("Appréciation d’un professeur")
    naima.reads("Facultative.")
    naima.follow("Continuer")
    naima.arrives_at("Frais de dossier")
    naima.pays_by_card("90 €", "IIM")
    naima.arrives_at("Frais de dossier")
    naima.reads("Frais réglés")
    mail_says("payment_received", naima.email, "90 €")
    naima.home()
    naima.reads("8 parties sur 8 sont complètes")
    naima.reads("Facultatif")  # the appraisal, which is not counted
    naima.follow("Relire et transmettre")
