"""Checks of the selection: choices and their statuses, tests and their days."""

from __future__ import annotations

from programmes.procedure_file import schema
from programmes.procedure_file.checks.comparing import must_exist
from programmes.procedure_file.nodes import Source
from programmes.rules import FieldKind, Rules


def check_choices(source: Source, live: schema.Live, rules: Rules) -> None:
    known = {status.code for status in rules.choices.statuses}
    for programme in rules.programmes:
        must_exist(source, programme.statuses, known, "le statut", "programmes", programme.code, "statuses")
    early = rules.choices.early_field
    asked = rules.field(early) if early else None
    if early and (asked is None or asked.kind != FieldKind.YES_NO):
        source.fault(f"« {early} » n’est pas une question par oui ou non du formulaire.", "choices", "early_field")
    if not rules.titles and len(live.tracks) > 1:
        source.fault("plusieurs filières, mais aucun titre (titles) ne dit laquelle est celle d’un candidat.", "tracks")


def check_tests(source: Source, live: schema.Live, rules: Rules) -> None:
    schools = {school.code for school in live.schools}
    for step in live.steps:
        where = ("steps", step.code)
        is_tests = step.kind == schema.StepKind.TESTS
        if is_tests and not rules.tests:
            source.fault("cette étape fait passer des épreuves, mais « tests » n’en définit aucune.", *where)
        if step.test_days and not is_tests:
            source.fault("seule une étape de nature « tests » a des jours d’épreuves.", *where, "days")
        for unknown in sorted({day.school for day in step.test_days} - schools):
            source.fault(f"l’école « {unknown} » n’existe pas.", *where, "days", unknown)
        # Where each programme decides, it holds its interviews as candidates come: days are named as they go.
        is_dated = is_tests and live.judgement == schema.Judgement.COMMON
        with_tests = {programme.school for programme in live.programmes} & schools if is_dated else set()
        for school in sorted(with_tests - {day.school for day in step.test_days}):
            source.fault(f"l’école « {school} » n’a aucun jour d’épreuves.", *where, "days")
        for day in step.test_days:
            if step.test_days.count(day) > 1:
                source.fault(f"le jour {day.day} est donné deux fois.", *where, "days", day.school)
    _check_marks(source, live, rules)


def _check_marks(source: Source, live: schema.Live, rules: Rules) -> None:
    for test in rules.tests:
        if test.eliminatory is not None and test.eliminatory >= test.out_of:
            source.fault("la note éliminatoire atteint la note maximale.", "tests", test.code, "eliminatory")
        if test.eliminatory is not None and not test.marked:
            source.fault("une épreuve sans note n’élimine pas.", "tests", test.code, "eliminatory")
        if test.marked and live.judgement == schema.Judgement.BY_PROGRAMME:
            reason = "où chaque formation décide, l’entretien est sans note (marked: non) : « evaluation » en donne."
            source.fault(reason, "tests", test.code)


DECIDING = (schema.StepKind.ADMISSIBILITY, schema.StepKind.ADMISSION)
OF_A_CHOICE = (schema.StepKind.OPINION, schema.StepKind.EVALUATION)


def check_how_steps_run(source: Source, live: schema.Live) -> None:
    """Each step has what its kind needs, and nothing that only another kind, or the other way to judge, can use."""
    common = live.judgement == schema.Judgement.COMMON
    if live.periods and not common:
        source.fault("les périodes demandent un jury commun (judgement: common).", "periods")
    for step in live.steps:
        where = ("steps", step.code)
        if common and step.kind in OF_A_CHOICE:
            reason = f"« {step.kind} » porte sur une candidature : il faut « judgement: by_programme »."
            source.fault(reason, *where, "kind")
        if step.kind in DECIDING:
            _check_deciding(source, step, where, common=common)
        else:
            _check_not_deciding(source, step, where)
        _check_booking(source, step, where, common=common)


def _check_booking(source: Source, step: schema.Step, where: tuple[str, ...], *, common: bool) -> None:
    if step.booking == schema.Booking.CANDIDATE and step.kind != schema.StepKind.TESTS:
        source.fault("seule une étape de nature « tests » a des créneaux.", *where, "booking")
    if step.booking == schema.Booking.CANDIDATE and common:
        source.fault("un jury commun place lui-même ses candidats (booking: staff).", *where, "booking")
    if step.booking_closes_hours is not None and step.booking != schema.Booking.CANDIDATE:
        reason = "ce délai vaut pour les créneaux que le candidat choisit (booking: candidate)."
        source.fault(reason, *where, "booking_closes_hours")


def _check_deciding(source: Source, step: schema.Step, where: tuple[str, ...], *, common: bool) -> None:
    if common and (step.sessions or step.notify_within):
        reason = (
            "un jury commun publie tout à la fois : « sessions » et « notify_within » sont d’un jury par formation."
        )
        source.fault(reason, *where)
    if common and step.results_at is None:
        source.fault("il manque l’instant de publication (results).", *where)
    if step.sessions and (step.meets_at or step.results_at):
        source.fault("une étape a des sessions, ou une réunion (meets, results), pas les deux.", *where, "sessions")
    if not common and not (step.sessions or step.results_at or step.notify_within):
        reason = "on ne sait pas quand le candidat a sa réponse : donnez sessions, results ou notify_within."
        source.fault(reason, *where)


def _check_not_deciding(source: Source, step: schema.Step, where: tuple[str, ...]) -> None:
    given = {
        "sessions": bool(step.sessions),
        "notify_within": step.notify_within is not None,
        "order": step.order == schema.Order.ARRIVAL,
        "decided_by": step.decided_by == schema.DecidedBy.SERVICE,
    }
    for key in (key for key, is_given in given.items() if is_given):
        source.fault(f"« {key} » est d’une étape où l’on décide (admissibility, admission).", *where, key)
