"""Admission and integration: the lists, two periods of offers, the title, the enrolment.

One seat at Albi, one at Alès. Lou is first at both and never answers; so Zoé gets Alès and then Albi, and Max, who
refuses Nord Europe in the hope of better, then gets Alès. Rules: AST-12, AST-16 to AST-22, AST-25.
"""

from __future__ import annotations

from playwright.sync_api import expect

from documents.models import Notice
from programmes.models import Pool
from tests.actors import Candidate, Person
from tests.journeys.ast_2026.cast import Cast
from tests.journeys.ast_2026.jury import ADMISSIBLE
from tests.stage import letter_says, mail_says, mails_to, says

RESULTS = "2026-05-28 14:00"
ON_A_LIST = "sur un tableau d’admission"


def integrate(cast: Cast) -> None:
    """From the jury's lists to the definitive admission."""
    cast.stage.move_to("2026-05-27 10:00")
    moves_seats(cast.president)
    sets_the_lists(cast)
    prepares_the_admission(cast.president)
    appears_at_its_instant(cast)
    answers_the_first_period(cast)
    answers_the_second_period(cast)
    sends_the_title(cast)
    is_enrolled(cast)


def moves_seats(president: Person) -> None:
    """The jury leaves one seat each at Albi and Alès to those who come from a Licence."""
    for school, seats in (("IMT Mines Albi", 9), ("IMT Mines Alès", 6)):
        president.go("/gestion/")
        president.follow("Reports de places")
        source, target = (Pool.objects.get(programme__school__name=school, track__code=code) for code in ("L3", "M1"))
        answers = {"De": f"{source} ({source.seats})", "Vers": f"{target} ({target.seats})"}
        president.fill(answers | {"Nombre de places": str(seats), "Motif": "Peu de candidats en L3."})
        president.press("Reporter")
        president.reads("Les places sont reportées.")


def sets_the_lists(cast: Cast) -> None:
    """The order of the marks, which the jury keeps, school by school."""
    cast.jury.go("/gestion/")
    cast.jury.follow("3 tableaux d’admission à arrêter")
    lists = cast.jury.page.url
    for school, ranked in (("IMT Mines Albi", 3), ("IMT Mines Alès", 3), ("IMT Nord Europe", 1)):
        cast.jury.go(lists)
        cast.jury.main.get_by_role("row", name=school).get_by_role("link", name="à arrêter").click()
        listed = cast.jury.main.locator("[data-listed] tr")
        expect(listed).to_have_count(ranked)
        names = listed.evaluate_all("all => all.map(tr => tr.dataset.name)")
        assert names == ["Lou Durand", "Zoé Nguyễn-Lefèvre", "Max Durand"][-ranked:]
        cast.jury.press("Arrêter ce tableau")
        cast.jury.reads("Le tableau est arrêté.")


def prepares_the_admission(president: Person) -> None:
    """For the calendar's instant."""
    president.go("/gestion/offers/listentry/")
    president.unfold("Préparer la publication de l’admission…")
    president.press("Préparer la publication")
    president.reads("La publication est prête : elle paraîtra d’elle-même à son heure.")


def appears_at_its_instant(cast: Cast) -> None:
    """Results and offers come at the same instant, and not a second before."""
    stage, zoe = cast.stage, cast.zoe
    stage.just_before(RESULTS, stage.run_what_is_due)
    assert not {"result_admitted", "offer_made"} & set(mails_to(zoe.email))
    assert not Notice.objects.filter(kind="admission").exists()
    before = stage.just_before(RESULTS, zoe.words_of_home)
    assert says(before, ADMISSIBLE)
    assert not says(before, ON_A_LIST)
    offers = stage.just_before(RESULTS, lambda: zoe.fetched(f"/places/{zoe.slug}/"))
    assert says(offers, "Les résultats ne sont pas encore publiés")
    stage.move_to(RESULTS)
    assert says(zoe.words_of_home(), ON_A_LIST)
    stage.let_workers_run()
    letter_says("admission", zoe.dossier, "sous réserve", "vendredi 17 juillet 2026 à minuit")
    mail_says("result_admitted", zoe.email, "admis sous réserve, par la filière Licence (L3)")
    mail_says("offer_made", zoe.email, "IMT Mines Alès vous propose une place")


def answers_the_first_period(cast: Cast) -> None:
    """OUI MAIS, NON MAIS, and silence."""
    cast.stage.move_to("2026-06-01 20:00")
    cast.zoe.home()
    cast.zoe.arrives_at("IMT Mines Alès vous propose une place")
    cast.zoe.follow("Voir la proposition et répondre")
    replies(cast.zoe, "IMT Mines Alès", "OUI MAIS", "Vous restez en attente de mieux : IMT Mines Albi.")
    cast.zoe.reads("2e")  # her rank at Albi
    cast.max.go(f"/places/{cast.max.slug}/")
    better = "Vous n’avez plus de place et restez en attente de mieux : IMT Mines Albi et IMT Mines Alès."
    replies(cast.max, "IMT Nord Europe", "NON MAIS", better)
    cast.stage.move_to("2026-06-03 23:00")
    cast.stage.let_workers_run()
    mail_says("removed_for_silence", cast.lou.email, "Comme le prévoit la notice", "mercredi 3 juin 2026 à 23 h")
    cast.lou.home()
    cast.lou.arrives_at("Vous n’êtes plus candidat à l’intégration")


def answers_the_second_period(cast: Cast) -> None:
    """The seat that silence freed moves everybody up; the first answer is then for good."""
    cast.stage.move_to("2026-06-04 14:00")
    cast.stage.let_workers_run()
    mail_says("offer_made", cast.zoe.email, "IMT Mines Albi vous propose une place")
    cast.zoe.go(f"/places/{cast.zoe.slug}/")
    replies(cast.zoe, "IMT Mines Albi", "OUI DÉFINITIF", "Vous n’aurez plus à répondre aux périodes suivantes.")
    cast.max.go(f"/places/{cast.max.slug}/")
    replies(cast.max, "IMT Mines Alès", "OUI MAIS", "Vous restez en attente de mieux : IMT Mines Albi.")
    cast.lou.home()
    cast.lou.does_not_read("vous propose une place")
    cast.stage.move_to("2026-06-10 23:00")
    cast.stage.let_workers_run()
    mail_says("seat_taken", cast.zoe.email, "IMT Mines Albi", "vendredi 17 juillet 2026 à minuit")
    assert "seat_taken" not in mails_to(cast.max.email)


def replies(candidate: Candidate, school: str, reply: str, effect: str) -> None:
    """Choose an answer, read what it does, give it; be told so by mail."""
    candidate.arrives_at(f"{school} vous propose une place")
    candidate.main.get_by_role("radio", name=reply).check()
    candidate.press("Continuer")
    candidate.arrives_at(f"Vous répondez : {reply}")
    candidate.reads(effect)
    candidate.press(f"Enregistrer ma réponse : {reply}")
    candidate.arrives_at(f"Votre réponse est enregistrée : {reply}")
    mail_says("reply_recorded", candidate.email, f"({reply})", effect)


def sends_the_title(cast: Cast) -> None:
    """The papers that prove it come late, and the school of the seat accepts them."""
    zoe, albi = cast.zoe, cast.albi
    cast.stage.move_to("2026-06-25 09:00")
    zoe.home()
    zoe.arrives_at("Vous avez une place")
    zoe.follow("Déposer mon titre")
    zoe.joins("required-title", "second-semester-transcript")
    cast.stage.let_workers_run()
    albi.go("/gestion/")
    albi.follow("2 titres d’entrants à examiner")
    albi.follow("Zoé Nguyễn-Lefèvre")
    albi.press("Noter comme reçu")  # the integration file
    albi.reads("reçu le jeudi 25 juin 2026")
    for _paper in range(2):
        albi.accepts_the_paper()


def is_enrolled(cast: Cast) -> None:
    """Definitively: on the page, by mail, and as a letter."""
    zoe = cast.zoe
    cast.albi.reads("définitive")
    zoe.home()
    zoe.arrives_at("Votre admission est définitive")
    mail_says("admission_pronounced", zoe.email, "votre admission à IMT Mines Albi est définitive")
    said = ("votre admission est définitive", "Formation IMT Mines Albi", "Zoé Nguyễn-Lefèvre")
    letter_says("enrolment", zoe.dossier, *said)
