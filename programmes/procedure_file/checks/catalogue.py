"""Checks of what is offered: schools, programmes, seats, and the titles that open them."""

from __future__ import annotations

from programmes.procedure_file import schema
from programmes.procedure_file.checks.comparing import differ_in_case
from programmes.procedure_file.nodes import Source
from programmes.rules import Rules


def check_schools(source: Source, live: schema.Live, rules: Rules) -> None:
    schools = {school.code for school in live.schools}
    differ_in_case(source, "schools", (school.code for school in live.schools))
    differ_in_case(source, "programmes", (programme.code for programme in live.programmes))
    differ_in_case(source, "tracks", (track.code for track in live.tracks))
    for programme in live.programmes:
        if programme.school and programme.school not in schools:
            source.fault(f"l’école « {programme.school} » n’existe pas.", "programmes", programme.code, "school")
    for school in live.schools:
        if school.iban and not school.account_holder:
            source.fault("un IBAN est donné sans le titulaire du compte (account_holder).", "schools", school.code)
        is_paid = rules.fee is not None and rules.fee.payee == school.code
        if not is_paid and not any(programme.school == school.code for programme in live.programmes):
            source.warn(f"l’école « {school.code} » n’a aucune formation.", "schools", school.code)


def check_seats(source: Source, live: schema.Live) -> None:
    programmes = {programme.code for programme in live.programmes}
    tracks = {track.code for track in live.tracks}
    seated = {pool.programme for pool in live.pools}
    for programme in sorted(seated - programmes):
        source.fault(f"la formation « {programme} » n’existe pas.", "seats", programme)
    for track in sorted({pool.track for pool in live.pools} - tracks):
        source.fault(f"la filière « {track} » n’existe pas.", "seats", "columns")
    for programme in sorted(programmes - seated):
        source.fault(f"la formation « {programme} » n’a pas de ligne de places.", "seats")


def check_titles(source: Source, live: schema.Live, rules: Rules) -> None:
    programmes = {programme.code for programme in live.programmes}
    tracks = {track.code for track in live.tracks}
    titles = {title.code for title in rules.titles}
    for title in rules.titles:
        where = ("titles", title.code)
        if title.track and title.track not in tracks:
            source.fault(f"la filière « {title.track} » n’existe pas.", *where, "track")
        for row in title.specialities:
            for programme in set(row.programmes) - programmes:
                source.fault(f"la formation « {programme} » n’existe pas.", *where, "columns")
            if not row.programmes:
                source.warn(f"« {row.code} » n’ouvre aucune formation.", *where, "specialities", row.code)
    for equivalence in rules.equivalences:
        for code in set(equivalence.titles) - titles:
            source.fault(f"le titre « {code} » n’existe pas.", "equivalences", equivalence.code, "titles")
    opened = {(code, title.track) for title in rules.titles for row in title.specialities for code in row.programmes}
    for pool in live.pools:
        if rules.titles and pool.seats and pool.track in tracks and (pool.programme, pool.track) not in opened:
            source.warn(f"des places en {pool.track}, mais aucun titre n’y donne accès.", "seats", pool.programme)
