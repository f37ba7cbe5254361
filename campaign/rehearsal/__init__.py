"""A rehearsal: a whole procedure played from its first day to its last by made-up people.

Nothing here decides anything of its own: made-up candidates, staff and jury call the same acts as real ones, at the
hours that the procedure's calendar gives, while the rehearsal's clock is moved along it. What they do is drawn from a
seed, so the same seed gives the same outcome.

    opening.py     the procedure, loaded and empty                clearing.py     emptying it again
    people.py      the made-up candidates and their habits        files.py        the papers that they deposit
    staff.py       the office, the jury and the schools' services
    company.py     everyone together, and the clock that is moved
    stages/        what people do from the first day of applications to the last title: one module for each stage
    script.py      all their events and what the calendar brings, played from one moment to the next
    figures.py     what came of it, in numbers                    soundness.py    what must hold in the end
"""
