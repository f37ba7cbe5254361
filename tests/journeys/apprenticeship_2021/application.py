"""The application: two programmes in one dossier, papers that can be explained, a fee that follows their number.

Rules: APP-01 to APP-11, APP-17, APP-18, APP-20.
"""

from __future__ import annotations

from playwright.sync_api import FilePayload, expect
from pytest_django import Settings

from tests.actors import Candidate
from tests.journeys.apprenticeship_2021.cast import ALES, SUDPARIS, Cast
from tests.journeys.troupe import deposit
from tests.stage import exactly, letter_says, loosely, mail_says

OF_FOREIGNERS = ("year-in-france", "residence-permit", "work-authorisation")
BY_ACTS = ("identity", "school-certificate", "cv", "transcripts", "internship-agreement", *OF_FOREIGNERS)
TEACHER, MANAGER = "soizic.kermarrec@iut.example", "yves.tanguy@reseaux.example"
NO_NUMBER = "Mon université ne donne pas de numéro INE."
NO_DIPLOMA = "Mon diplôme est resté à Dakar ; j’en ai demandé un duplicata."


def apply(cast: Cast, settings: Settings) -> None:
    """From the procedure's page to the receipt."""
    begins(cast.aminata)
    says_who_she_is(cast.aminata)
    tells_her_studies(cast.aminata)
    leaves_abroad(cast.aminata)
    declares(cast.aminata)
    chooses(cast.aminata)
    joins_papers(cast)
    names_referees(cast, settings)
    pays(cast.aminata)
    submits(cast.aminata)


def begins(aminata: Candidate) -> None:
    """The identity is stated for good as the dossier is begun."""
    identity = {"Nom de naissance": "Diéye-Kœnig", "Prénoms": "Aminata", "Date de naissance": "1999-08-14"}
    aminata.begins("Candidature commune 2021", identity)
    aminata.reads("mardi 16 mars 2021 à 23 h")
    aminata.follow("Identité")
    aminata.arrives_at("Identité")
    aminata.reads("Ce que vous avez dit en commençant ne se modifie plus.")
    expect(aminata.main.get_by_label("Nom de naissance")).to_have_count(0)


def says_who_she_is(aminata: Candidate) -> None:
    """No citizen of the Union, and without the number that French pupils have."""
    country = {"Commune de naissance": "Thiès", "Pays de naissance": "Sénégal", "Nationalité": "Sénégal"}
    aminata.fills_page("Identité", country)
    aminata.fills_page(
        "Coordonnées",
        {
            "Adresse": "8, allée de l’Écluse",
            "Code postal": "91000",
            "Ville": "Évry-Courcouronnes",
            "Pays": "France",
            "Téléphone": "07 11 22 33 44",
        },
    )
    aminata.fills_page(
        "Baccalauréat",
        {"Baccalauréat": "Diplôme étranger équivalent", "Série": "S2", "Année d’obtention": "2018"},
    )


def tells_her_studies(aminata: Candidate) -> None:
    """Two years, the most recent first; without a number that one wants a comment, and so does another institution."""
    aminata.arrives_at("Cursus académique post-bac")
    aminata.press("Ajouter une année d’études")
    rows = aminata.main.get_by_role("group", name=loosely("Ligne"))
    expect(rows).to_have_count(2)
    years = (
        ("2020-2021", "DUT Réseaux et télécommunications", "IUT d’Évry", "Année en cours"),
        ("2019-2020", "Première année de licence (L1)", "Autre établissement", "Validée"),
    )
    for row, (year, diploma, institution, result) in zip(rows.all(), years, strict=True):
        row.get_by_label(loosely("Année scolaire")).fill(year)
        row.get_by_label(loosely("Diplôme préparé")).select_option(label=diploma)
        row.get_by_label(loosely("Établissement")).select_option(label=institution)
        row.get_by_label(exactly(result)).check()
    rows.last.get_by_label(loosely("Commentaire")).fill("Université Cheikh-Anta-Diop, Dakar")
    aminata.fill({"Avez-vous déjà le diplôme": "Non"})
    aminata.sends("Enregistrer et continuer")
    aminata.reads("expliquez pourquoi vous n’avez pas de numéro INE")
    aminata.go(f"/dossier/{aminata.slug}/page/studies/")
    rows.first.get_by_label(loosely("Commentaire")).fill(NO_NUMBER)
    aminata.sends("Enregistrer et continuer")


def leaves_abroad(aminata: Candidate) -> None:
    """An internship abroad opens its questions; she asks to be studied early."""
    aminata.arrives_at("Séjour à l’étranger")
    country = aminata.main.get_by_label(loosely("Pays du séjour"))
    expect(country).to_be_hidden()
    aminata.fill({"Êtes-vous ou serez-vous cette année": "Oui"})
    expect(country).to_be_visible()
    aminata.fill(
        {
            "Pays du séjour": "Canada",
            "Organisme d’accueil": "Université Laval",
            "Date de départ": "2021-04-12",
            "Date de retour": "2021-08-27",
            "Demandez-vous une étude anticipée": "Oui",
        }
    )
    aminata.sends("Enregistrer et continuer")


def declares(aminata: Candidate) -> None:
    """Her project, the conditions of an apprenticeship come later, with the programmes; no scholarship."""
    aminata.arrives_at("Apprentissage et nationalité")
    aminata.reads("un visa ne suffisant pas")
    aminata.fill({"Votre projet professionnel": "Concevoir les réseaux d’hôpitaux."})
    aminata.sends("Enregistrer et continuer")
    aminata.fills_page("Bourse et déclarations", {"Êtes-vous boursier": "Non", "Je certifie": "oui"})


def chooses(aminata: Candidate) -> None:
    """Two programmes side by side, one of them as a student; of an apprentice, more is asked then."""
    aminata.arrives_at("Formations demandées")
    aminata.reads("Choisissez des formations qui s’accordent avec votre parcours et votre projet professionnel.")
    aminata.main.get_by_label(loosely(f"{ALES} IMT Mines Alès")).check()
    aminata.main.get_by_role("group", name=loosely(ALES)).get_by_label("Sous statut étudiant").check()
    aminata.ticks(f"{SUDPARIS} Télécom SudParis")
    aminata.go(f"/dossier/{aminata.slug}/page/work/")
    aminata.fill({"J’ai lu les trois conditions": "oui"})
    aminata.sends("Enregistrer et continuer")


def joins_papers(cast: Cast) -> None:
    """A letter for each programme, and tickets, of which a file is too heavy; a diploma is explained."""
    aminata = cast.aminata
    deposit(aminata.dossier, *BY_ACTS)
    aminata.go(f"/dossier/{aminata.slug}/pieces/")
    aminata.arrives_at("Pièces justificatives")
    tries_a_file_too_heavy(aminata)
    aminata.joins("motivation--sudparis-reseaux", "motivation--ales-mecatronique", "travel-tickets", "further")
    cast.stage.let_workers_run()
    aminata.follow("Diplômes obtenus")
    aminata.follow("Je ne peux pas fournir cette pièce")
    aminata.arrives_at("Expliquer ce qui manque")
    aminata.fill({"Votre explication": NO_DIPLOMA})
    aminata.press("Enregistrer mon explication")


def tries_a_file_too_heavy(aminata: Candidate) -> None:
    """It is said how to make it smaller."""
    aminata.follow("Titres de transport")
    aminata.arrives_at("Titres de transport")
    heavy: FilePayload = {
        "name": "billets.pdf",
        "mimeType": "application/pdf",
        "buffer": b"%PDF-1.7" + bytes(2_100_000),
    }
    aminata.chooses(heavy)
    aminata.press("Déposer le fichier")
    aminata.reads("la limite est de 2 Mo. Numérisez-le en noir et blanc")
    aminata.follow("Revenir à la liste des pièces")


def names_referees(cast: Cast, settings: Settings) -> None:
    """One of each kind; nobody waits for their answers."""
    aminata = cast.aminata
    aminata.go(f"/dossier/{aminata.slug}/referents/")
    aminata.arrives_at("Référents")
    aminata.reads("2 personnes au plus, quelles que soient leurs réponses.")
    settings.DEMO = True  # a rehearsal keeps nothing of a mail that holds a secret; a demonstration does
    names(aminata, "Référent académique", "Soizic Kermarrec", "Directrice des études", TEACHER)
    names(aminata, "Référent professionnel", "Yves Tanguy", "Chef d’équipe", MANAGER)
    settings.DEMO = False
    aminata.reads("elles le rejoignent d’elles-mêmes jusqu’au dimanche 21 mars 2021 à minuit")
    aminata.follow("Continuer")


def names(aminata: Candidate, kind: str, name: str, position: str, email: str) -> None:
    """Name somebody, who is written to at once."""
    aminata.follow(kind)
    aminata.arrives_at("Désigner une personne")
    aminata.fill({"Nom et prénom": name, "Fonction": position, "Adresse": email})
    aminata.press("Envoyer la demande")
    aminata.arrives_at("Référents")
    aminata.reads(name)


def pays(aminata: Candidate) -> None:
    """A first programme and a second, by card, to the Institute."""
    aminata.arrives_at("Frais de dossier")
    aminata.reads("77 €")
    aminata.reads("22 €")
    aminata.pays_by_card("99 €", "Institut Mines-Télécom")
    aminata.reads("Frais réglés")
    mail_says("payment_received", aminata.email, "99 €", "Institut Mines-Télécom")
    aminata.follow("Continuer")


def submits(aminata: Candidate) -> None:
    """What is missing goes with its explanation."""
    aminata.arrives_at("Relire et transmettre")
    aminata.reads("Votre dossier part sans tout ce qui est demandé : vos explications sont ci-dessous.")
    aminata.reads(NO_DIPLOMA)
    aminata.submits()
    letter_says("receipt", aminata.dossier, "Aminata Diéye-Kœnig", f"{ALES}", f"{SUDPARIS}")
    mail_says("dossier_submitted", aminata.email, ALES, SUDPARIS)
