"""The application: of a candidate from outside the Union who finishes her engineering degree this year.

Rules: NE-01 to NE-03, NE-06, NE-07.
"""

from __future__ import annotations

from tests.actors import Candidate
from tests.stage import Stage, letter_says, mail_says

REFERENCE = "N'Diaye-Benoît MS CSE (cybersécurité)"


def apply(stage: Stage, awa: Candidate) -> None:
    """All of it."""
    begins(awa)
    says_who_she_is(awa)
    says_her_title(awa)
    chooses(awa)
    is_told_what_is_missing(awa)
    joins_papers(stage, awa)
    pays(awa)
    submits(awa)


def begins(awa: Candidate) -> None:
    """From the procedure's page, which says until when, over the account to an empty dossier."""
    awa.go(f"/procedures/{awa.slug}/")
    awa.reads("mercredi 4 juin 2025 à minuit")
    awa.reads("campus de Villeneuve-d’Ascq")
    awa.begins("Mastères Spécialisés d’IMT Nord Europe, session 2025-2026")


def says_who_she_is(awa: Candidate) -> None:
    """From outside the Union: pointed to « Études en France », and asked for by 12 March."""
    awa.follow("Identité")
    awa.fills_page(
        "Identité",
        {
            "Nom de naissance": "N’Diaye-Benoît",
            "Prénoms": "Awa",
            "Date de naissance": "2001-08-15",
            "Commune de naissance": "Saint-Louis",
            "Pays de naissance": "Sénégal",
            "Nationalité": "Sénégal",
            "J’ai consulté les conditions de poursuite d’études en France": "oui",
        },
    )
    awa.arrives_at("Coordonnées")
    awa.reads("À transmettre avant le mercredi 12 mars 2025 à minuit")
    awa.fills_page(
        "Coordonnées",
        {
            "Adresse": "3, rue de l’Hôtel-de-Ville",
            "Code postal": "59500",
            "Ville": "Douai",
            "Pays": "France",
            "Téléphone": "06 12 34 56 78",
        },
    )


def says_her_title(awa: Candidate) -> None:
    """A title that she does not hold yet, and money of her own."""
    awa.fills_page(
        "Titre et expérience",
        {
            "Quel titre": "Titre d’ingénieur diplômé, conférant le grade de master",
            "Intitulé exact": "Ingénieure en informatique et réseaux",
            "Établissement": "Polytech Lille",
            "Avez-vous déjà ce titre": "Non",
            "Votre expérience": "Stage de six mois, Thales, sécurité des réseaux",
            "Mes pièces sont en français ou en anglais": "oui",
        },
    )
    awa.fills_page("Financement", {"Qui financera": "Moi-même, ou je suis demandeur d’emploi"})
    awa.fills_page("Déclarations", {"Je sais que les frais": "oui", "Je certifie": "oui"})


def chooses(awa: Candidate) -> None:
    """One programme of the five."""
    awa.arrives_at("Formation demandée")
    awa.ticks("MS CSE")


def is_told_what_is_missing(awa: Candidate) -> None:
    """Only complete dossiers are taken: each thing that lacks is named."""
    awa.arrives_at("Pièces justificatives")
    awa.turns_to("Relire et transmettre")
    awa.reads("Il reste 5 choses à faire avant de transmettre")
    awa.turns_to("Pièces justificatives")


def joins_papers(stage: Stage, awa: Candidate) -> None:
    """The papers of her title; the title itself comes later."""
    awa.reads("Preuve du niveau bac+5")
    awa.does_not_read("Attestation d’équivalence")
    awa.joins("identity", "cv", "motivation-letter", "transcripts")
    stage.let_workers_run()
    awa.page.reload()
    awa.follow("Continuer")


def pays(awa: Candidate) -> None:
    """By a transfer that names her and the programme; Flywire is there for who is abroad, the card on request only."""
    awa.arrives_at("Frais de dossier")
    awa.reads("60 € à IMT Nord Europe")
    awa.does_not_read("premier vœu")
    awa.reads("FR76 1007 1590 0000 0010 2433 444")
    awa.reads(REFERENCE)
    awa.reads("Payer avec Flywire")
    awa.does_not_read("par carte")
    awa.fill({"Jour où vous avez ordonné": "2025-03-03"})
    awa.press("J’ai fait le virement")
    awa.reads("Virement annoncé")
    awa.follow("Continuer")


def submits(awa: Candidate) -> None:
    """Reads it once more, sends it, gets a numbered receipt."""
    awa.arrives_at("Relire et transmettre")
    awa.reads("Tout y est.")
    number = awa.submits()
    notice = letter_says("receipt", awa.dossier, "Awa N’Diaye-Benoît", "MS CSE (cybersécurité)")
    assert notice.number == number
    mail_says("dossier_submitted", awa.email, number, "MS CSE (cybersécurité)")
