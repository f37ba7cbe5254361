"""A seat that comes free, and what confirms it. Rules: IIM-05 to IIM-08."""

from __future__ import annotations

from applicants.refunds import proof_rule
from tests.actors import Candidate
from tests.journeys.iim_second_cycle.cast import MAJOR, Cast
from tests.stage import letter_says, mail_says


def enrol(cast: Cast) -> None:
    """From the refund of one to the letter of the other."""
    the_other_fails_the_baccalaureate(cast)
    confirms_the_place(cast)
    is_told_when_it_starts(cast)


def the_other_fails_the_baccalaureate(cast: Cast) -> None:
    """Ulysse has paid the deposit; he asks it back on proof, is given it, but for the fee, and gives the seat up."""
    ulysse = cast.ulysse
    ulysse.home()
    ulysse.follow("Confirmer ma place")
    ulysse.arrives_at("Ma place")
    ulysse.follow("L’acompte")
    ulysse.pays_by_card("1 200 €", "IIM")
    ulysse.reads("Somme réglée")
    cast.stage.move_to("2026-07-07 18:00")
    asks_back(ulysse)
    pays_back(cast)
    ulysse.go(f"/places/{ulysse.slug}/ma-place/")
    ulysse.follow("Rendre cette place")
    ulysse.arrives_at(f"Rendre votre place en {MAJOR} ?")
    ulysse.reads("que vous avez réglé n’est rendu que dans les cas prévus")
    ulysse.press("Rendre ma place")
    ulysse.reads("Vous avez rendu cette place.")
    cast.stage.let_workers_run()


def asks_back(ulysse: Candidate) -> None:
    """On the transcript, which shows the failure."""
    ulysse.home()
    ulysse.follow("Remboursements")
    ulysse.arrives_at("Remboursements")
    ulysse.reads("À demander avant le mardi 15 septembre 2026 à minuit")
    ulysse.does_not_read("90 €")  # the fee is never paid back
    ulysse.follow("Demander le remboursement")
    ulysse.arrives_at("Échec au baccalauréat")
    ulysse.fill({"Titulaire du compte": "Ulysse Marchand", "IBAN du compte": "FR76 1007 1420 0000 0010 0289 731"})
    failure = proof_rule(ulysse.dossier.rules.refunds[0])
    ulysse.attaches(failure, str(failure.label))
    ulysse.press("Demander le remboursement")
    ulysse.reads("Votre demande de remboursement est enregistrée.")


def pays_back(cast: Cast) -> None:
    """The accountant reads the proof, grants it and notes the payment."""
    cast.stage.let_workers_run()
    accountant = cast.accountant
    accountant.go("/gestion/")
    accountant.follow("1 remboursement")
    accountant.follow("7 juillet 2026")
    accountant.reads("1 200 €")
    accountant.press("Accorder le remboursement")
    accountant.press("Noter le versement")
    accountant.reads("versé")
    mail_says("refund_paid", cast.ulysse.email, "1 200 €")


def confirms_the_place(cast: Cast) -> None:
    """She is called at once, and has fifteen days for the form, the deposit and the social-security papers."""
    naima = cast.naima
    called = "Vous étiez sur la liste d’attente de cette formation. Une place s’est libérée"
    letter_says("place", naima.dossier, called, "mercredi 22 juillet 2026", "1 200 €")
    mail_says("place_offered", naima.email, MAJOR, "mercredi 22 juillet 2026")
    naima.home()
    naima.arrives_at(f"{MAJOR} : place à confirmer")
    naima.follow("Confirmer ma place")
    naima.arrives_at("Ma place")
    for code in ("commitment", "social-security"):
        rule = naima.dossier.rules.paper(code)
        assert rule is not None
        naima.follow(str(rule.label))
        naima.arrives_at(str(rule.label))
        naima.reads("Cette pièce confirme votre place.")
        naima.attaches(rule)
        naima.press("Déposer le fichier")
        naima.reads("Le fichier est déposé.")
        naima.follow("Revenir à ma place")
        naima.arrives_at("Ma place")
    naima.follow("L’acompte")
    naima.pays_by_card("1 200 €", "IIM")
    naima.reads("Somme réglée")
    cast.stage.let_workers_run()
    naima.go(f"/places/{naima.slug}/ma-place/")
    naima.reads("l’école examine votre confirmation")
    is_examined(cast)
    naima.home()
    naima.arrives_at(f"{MAJOR} : admission définitive")
    naima.reads("Votre place est confirmée et votre admission définitive.")
    letter_says("enrolment", naima.dossier, "votre admission est définitive", MAJOR, "Naïma Škvorecká")


def is_examined(cast: Cast) -> None:
    """The school accepts the two papers; with them the admission is definitive."""
    school = cast.school
    school.go("/gestion/")
    school.follow("1 confirmation de place à examiner")
    school.follow("Naïma Škvorecká")
    for _paper in range(2):
        school.accepts_the_paper()
    school.reads("confirmée")
    mail_says("admission_pronounced", cast.naima.email, MAJOR)


def is_told_when_it_starts(cast: Cast) -> None:
    """By a letter and its mail, which the school reads before they leave."""
    school = cast.school
    school.go("/gestion/")
    school.follow("Places à confirmer")
    school.follow("Écrire à 1 personne")
    school.press("Envoyer 1 lettre et son courriel")
    school.reads("1 lettre est partie.")
    mail_says("start_letter", cast.naima.email, "lundi 28 septembre 2026")
    letter_says("start", cast.naima.dossier, "La rentrée de votre formation a lieu le lundi 28 septembre 2026", MAJOR)
