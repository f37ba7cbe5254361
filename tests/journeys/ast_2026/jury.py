"""The jury: admissibility and the instant at which it appears, the tests and their summons, the marks.

Rules: AST-13 to AST-15, AST-25.
"""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from icalendar import Calendar

from applicants.models import Dossier
from documents.models import Notice
from notifications.models import Mail
from tests.actors import Person
from tests.journeys.ast_2026.cast import Cast
from tests.journeys.ast_2026.verification import VALIDATED
from tests.stage import letter_says, loosely, mail_says, mails_to, says, text_of

RESULTS = "2026-04-09 16:00"
ADMISSIBLE = "Vous êtes admissible"


def judge(cast: Cast) -> None:
    """From the jury's first meeting to the marks."""
    cast.stage.move_to("2026-04-08 10:00")
    declares_admissible(cast)
    prepares_publication(cast.president)
    appears_at_its_instant(cast)
    cast.stage.move_to("2026-04-20 10:00")
    plans_the_tests(cast.albi)
    summons(cast)
    cast.stage.move_to("2026-05-22 10:00")
    marks(cast)


def declares_admissible(cast: Cast) -> None:
    """Each dossier, in the jury's table."""
    jury = cast.jury
    jury.go("/gestion/")
    jury.follow("3 dossiers attendent la décision du jury")
    for candidate in (cast.zoe, cast.max, cast.lou):
        row = jury.page.get_by_role("row", name=candidate.dossier.reference)
        row.get_by_role("button", name="Admissible", exact=True).click()
        jury.page.get_by_role("row", name=candidate.dossier.reference).get_by_text("admissible", exact=True).wait_for()


def prepares_publication(president: Person) -> None:
    """For the calendar's instant, which the page proposes."""
    president.go("/gestion/")
    president.follow("Publications")
    president.press("Préparer la publication des 3 décisions")
    president.reads("paraîtra le jeudi 9 avril 2026 à 16 h")


def appears_at_its_instant(cast: Cast) -> None:
    """Nothing one second before, on no page, by no mail, as no letter; all of it at the instant."""
    stage, zoe = cast.stage, cast.zoe
    stage.just_before(RESULTS, stage.run_what_is_due)
    assert "result_admissible" not in mails_to(zoe.email)
    assert not Notice.objects.filter(kind="admissibility").exists()
    before = stage.just_before(RESULTS, zoe.words_of_home)
    assert says(before, VALIDATED)
    assert not says(before, ADMISSIBLE)
    stage.move_to(RESULTS)
    assert says(zoe.words_of_home(), ADMISSIBLE)  # though nobody has announced it yet
    stage.let_workers_run()
    stage.let_workers_run()  # twice is once
    assert mails_to(zoe.email).count("result_admissible") == 1
    mail_says("result_admissible", zoe.email, "IMT Mines Albi, IMT Mines Alès")
    is_there_from_its_instant(cast, zoe.dossier)
    zoe.home()
    zoe.arrives_at(ADMISSIBLE)


def is_there_from_its_instant(cast: Cast, dossier: Dossier) -> None:
    """The letter: not even who knows its number and code learns of it before."""
    notice = letter_says("admissibility", dossier, "vous déclare admissible")
    zoe, address = cast.zoe, f"/documents/avis/{notice.pk}/"
    assert cast.stage.just_before(RESULTS, lambda: zoe.page.request.get(address).status) == 404
    assert "Cette lettre est authentique" not in cast.stage.just_before(RESULTS, lambda: verification(notice))
    cast.stage.move_to(RESULTS)
    assert notice.number in text_of(zoe.page.request.get(address).body())
    assert "Cette lettre est authentique" in verification(notice)


def plans_the_tests(albi: Person) -> None:
    """Two panels, their days cut into slots, and a day with both tests for each candidate."""
    albi.go("/gestion/")
    albi.follow("candidats à placer, IMT Mines Albi")
    albi.reads("Ajouter un jury…")
    for test, name, room in (("Entretien avec le jury", "Jury A", "B204"), ("Épreuve d’anglais", "Mrs Hughes", "C12")):
        if not albi.main.get_by_label("Nom du jury").is_visible():
            albi.unfold("Ajouter un jury…")
        albi.fill({"Épreuve": test, "Nom du jury": name, "Salle": room})
        albi.press("Ajouter le jury")
        albi.reads(name)
    albi.press("Découper les journées")
    albi.reads("Les journées ont")
    albi.press("Placer 3 candidats")
    albi.reads("3 candidats sont placés.")


def summons(cast: Cast) -> None:
    """On the site, by mail with a calendar file, and as a letter: one day, two tests, never two at once."""
    albi, zoe = cast.albi, cast.zoe
    albi.follow("Convoquer 3 candidats…")
    albi.press("Convoquer 3 candidats")
    albi.reads("3 candidats sont convoqués.")
    zoe.home()
    zoe.arrives_at(ADMISSIBLE)
    zoe.reads("Lundi 18 mai 2026")
    zoe.reads("B204")
    mail_says("summons", zoe.email, "Entretien avec le jury : de ", "Campus Jarlard")
    letter_says("summons", zoe.dossier, "lundi 18 mai 2026", "B204")
    with zoe.page.expect_download() as download:
        zoe.follow("Ajouter à mon agenda")
    events = Calendar.from_ical(download.value.path().read_text()).events
    first, second = sorted(events, key=lambda event: event.start)
    assert {first.duration, second.duration} == {timedelta(minutes=25), timedelta(minutes=15)}
    assert first.end <= second.start
    assert {f"{event.start:%Y-%m-%d}" for event in events} == {"2026-05-18"}
    kept = Mail.objects.get(kind="summons", address=zoe.email)
    assert Calendar.from_ical(kept.calendar).events == events


def marks(cast: Cast) -> None:
    """Two marks for each, as one types them."""
    given = {cast.lou: ("17", "16"), cast.zoe: ("15,5", "14"), cast.max: ("12", "13")}
    jury = cast.jury
    jury.go("/gestion/")
    jury.follow("Notes")
    jury.follow("IMT Mines Albi")
    for candidate, (interview, english) in given.items():
        row = jury.page.get_by_role("row", name=candidate.dossier.reference)
        row.get_by_label(loosely("Entretien avec le jury")).fill(interview)
        row.get_by_label(loosely("Épreuve d’anglais")).fill(english)
    jury.press("Enregistrer les notes")
    jury.reads("6 notes sont enregistrées.")
    jury.reads("29,5")


def verification(notice: Notice) -> str:
    """What the public page says of a letter to whoever holds it."""
    held = {"number": notice.number, "code": notice.code}
    return Client().post("/documents/verifier/", held).content.decode()
