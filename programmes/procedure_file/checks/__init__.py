"""What the parts of a file say of each other: names must exist, codes must differ, dates must follow.

Each check works on the values and finds the line of what it complains of by its path in the file.
"""

from __future__ import annotations

from programmes.procedure_file import schema
from programmes.procedure_file.checks.calendar import check_calendar, check_periods, check_sessions
from programmes.procedure_file.checks.catalogue import check_schools, check_seats, check_titles
from programmes.procedure_file.checks.evaluation import check_evaluation
from programmes.procedure_file.checks.form import check_conditions, check_form, check_papers
from programmes.procedure_file.checks.money import check_deposit, check_fee, check_refunds, check_tuition
from programmes.procedure_file.checks.places import check_places
from programmes.procedure_file.checks.selection import check_choices, check_how_steps_run, check_tests
from programmes.procedure_file.nodes import Source
from programmes.rules import Rules


def check(source: Source, live: schema.Live, rules: Rules) -> None:
    """Note in `source` every fault between the parts of a file, and warn of what is doubtful."""
    check_schools(source, live, rules)
    check_calendar(source, live, rules)
    check_periods(source, live)
    check_sessions(source, live)
    check_how_steps_run(source, live)
    check_seats(source, live)
    check_titles(source, live, rules)
    check_choices(source, live, rules)
    check_form(source, rules)
    check_conditions(source, rules)
    check_papers(source, live, rules)
    check_fee(source, live, rules)
    check_deposit(source, live, rules)
    check_refunds(source, live, rules)
    check_tuition(source, live, rules)
    check_places(source, live, rules)
    check_tests(source, live, rules)
    check_evaluation(source, live, rules)
