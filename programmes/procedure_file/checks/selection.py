"""Checks of the selection: tests and their days."""

from __future__ import annotations

from programmes.procedure_file import schema
from programmes.procedure_file.nodes import Source
from programmes.rules import Rules


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
        with_tests = {programme.school for programme in live.programmes} & schools if is_tests else set()
        for school in sorted(with_tests - {day.school for day in step.test_days}):
            source.fault(f"l’école « {school} » n’a aucun jour d’épreuves.", *where, "days")
        for day in step.test_days:
            if step.test_days.count(day) > 1:
                source.fault(f"le jour {day.day} est donné deux fois.", *where, "days", day.school)
    for test in rules.tests:
        if test.eliminatory is not None and test.eliminatory >= test.out_of:
            source.fault("la note éliminatoire atteint la note maximale.", "tests", test.code, "eliminatory")
