"""A rehearsal: a whole procedure played from its first day to its last by made-up people.

Nothing here decides anything of its own: made-up candidates, staff and jury call the same acts as real ones, at the
hours that the procedure's calendar gives, while the rehearsal's clock is moved along it. What they do is drawn from a
seed, so the same seed gives the same outcome.

    opening.py          the procedure, loaded and empty                clearing.py     emptying it again
    script.py           who does what when, from one event to the next
    company.py          everyone together, and the clock that is moved
    people.py           the made-up candidates and their habits        files.py        the papers that they deposit
    staff.py            the office, the jury and the schools' services
    applications.py, verification.py, admissibility.py, sittings.py, admission.py, integration.py, titles.py
                        what happens at each stage: its events, in the order of the calendar
    figures.py          what came of it, in numbers                    soundness.py    what must hold in the end
"""
