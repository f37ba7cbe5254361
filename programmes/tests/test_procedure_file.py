"""The reader of procedure files: every fault, with its line and a reason that says what to do; all at once."""

import datetime as dt
import re
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programmes.procedure_file import read, read_text
from programmes.procedure_file.nodes import FaultyFile, Place, Remark, Source, Wrong
from programmes.procedure_file.values import (
    accent,
    cents,
    contrast_with_white,
    iban,
    line,
    megabytes,
    moment,
    phone,
    yes_or_no,
)

AST = Path(__file__).parents[1] / "procedures" / "ast-2026.yaml"
TEXT = AST.read_text(encoding="utf-8")


def scalar(text: str) -> Place:
    """A place in which `text` stands."""
    place = Source("x.yaml").root(f'"{text}"')
    assert place is not None
    return place


def faults_of(text: str) -> list[Remark]:
    with pytest.raises(FaultyFile) as refusal:
        read_text(text, name="ast.yaml")
    return refusal.value.faults


def changed(*changes: tuple[str, str]) -> str:
    text = TEXT
    for old, new in changes:
        assert old in text, f"the file no longer says {old!r}"
        text = text.replace(old, new, 1)
    return text


def line_with(text: str, words: str) -> int:
    return 1 + text[: text.index(words)].count("\n")


WRONG_VALUES = [
    # what the file says, what a tired hand makes of it, words of the line where it is told, the reason
    ("year: 2026", "year: deux mille", "year: deux", "un nombre entier de 2000 à 2100 est attendu"),
    ("starts: 2026-01-26 14:00", "starts: 2026-02-30 14:00", "2026-02-30", "le jour 2026-02-30 n’existe pas"),
    ("starts: 2026-01-26 14:00", "starts: 26 janvier 2026", "starts: 26 janvier", "n’est pas un jour avec son heure"),
    ("meets: 2026-04-08 09:00", "meets: 2026-03-29 02:30", "03-29 02:30", "on passe ce jour-là à l’heure d’été"),
    ("meets: 2026-05-27 10:00", "meets: 2026-05-27 24:00", "27 24:00", "« 24:00 » n’est pas une heure"),
    ("amount: 76.00", "amount: 76.005", "76.005", "n’est pas un montant en euros"),
    ("amount: 76.00", "amount: 76 euros", "76 euros", "n’est pas un montant en euros"),
    ("FR76 1007 1420", "FR76 1007 1421", "1421", "la clé de contrôle de cet IBAN est fausse"),
    ("FR76 1007 1420", "FR76 10O7 1420 00", "10O7", "la clé de contrôle de cet IBAN est fausse"),
    ("bic: TRPUFRP1", "bic: TRPUFRP", "TRPUFRP\n", "n’a pas la forme d’un BIC"),
    ('accent: "#0b5a6f"', 'accent: "#9fd3e6"', "#9fd3e6", "trop claire sur fond blanc"),
    ('accent: "#0b5a6f"', "accent: #0b5a6f", "accent: #0b5a6f", "la valeur est vide"),
    ("email: admissions@mines-albi.fr", "email: admissions", "email: admissions\n", "n’est pas une adresse électron"),
    ("website: https://www.imt-mines-albi.fr", "website: imt-mines-albi", "imt-mines-albi\n", "l’adresse d’un site"),
    ("phone: 05 63 49 30 45", "phone: sur demande", "sur demande", "n’est pas un numéro de téléphone"),
    ("takes_cards: non", "takes_cards: peut-être", "peut-être", "oui ou non est attendu"),
    ("means: [transfer, card]", "means: [transfer, cash]", "cash", "les valeurs possibles sont : transfer, card"),
    ("kind: country", "kind: pays", "kind: pays", "« pays » est inconnu"),
    ("max_size: 10 Mo", "max_size: 10", "max_size: 10\n", "n’est pas une taille de fichier"),
    ("eliminatory: 4", "eliminatory: quatre", "eliminatory: quatre", "un nombre est attendu"),
    (
        'reference: "{family_name}',
        'reference: "{nom}',
        "{nom}",
        "seuls {family_name}, {given_names}, {programme}",
    ),
    ('reference: "{family_name}', 'reference: "{family_name', "{family_name _", "accolade"),
    ("open: [oui, oui, oui]", "open: [oui, oui]", "open: [oui, oui],", "3 cases sont attendues"),
    ("albi:        [10, 10, 5, 25]", "albi:        [10, 10, -5, 25]", "-5", "un nombre entier de 0 à"),
    ("albi:        [10, 10, 5, 25]", "albi:        [10, 10, 25]", "[10, 10, 25]", "4 cases sont attendues"),
    ("kinds: [pdf]", "kinds: pdf", "kinds: pdf", "une liste est attendue, et non un texte"),
    ("code: ast-2026", "code: ast 2026", "ast 2026", "n’est pas un code"),
    ("code: ast-2026", "code:", "code:\n", "la valeur est vide"),
]

WRONG_TABLES = [
    ("year: 2026", "annee: 2026", "annee", "la clé « annee » est inconnue ici"),
    ("year: 2026", "annee: 2026", "code: ast-2026", "il manque la clé « year »"),
    ("    phone: 05 63 49 30 45", "    fax: 05 63 49 30 99", "fax:", "la clé « fax » est inconnue ici"),
    ("    email: admissions@mines-albi.fr\n", "", "  albi:\n    name", "il manque la clé « email » dans « albi »"),
    ("  en: Admission on titles 2026\n", "", "short_title:", "il manque la clé « en » dans « short_title »"),
    ("year: 2026", "year: 2026\nyear: 2027", "year: 2027", "la clé « year » est donnée deux fois (déjà ligne"),
    ("  ales:\n    school: ales", "  albi:\n    school: ales", "  albi:\n    school: ales", "donnée deux fois"),
    ("schools:\n", "schools: aucune\nécoles:\n", "schools: aucune", "une table (clé : valeur) est attendue"),
]

CONTRADICTIONS = [
    ("ends: 2026-03-20 23:00", "ends: 2026-01-20 23:00", "2026-01-20", "la fin n’est pas après le début"),
    ("ends: 2026-07-17 minuit", "ends: 2026-03-20 12:00", "03-20 12:00", "n’est pas après la clôture des candidatures"),
    ("meets: 2026-04-08 09:00", "meets: 2026-03-08 09:00", "03-08", "n’est pas après ce qui la précède"),
    ("results: 2026-04-09 16:00", "results: 2026-04-07 16:00", "04-07", "les résultats ne sont pas après la réunion"),
    ("albi: [2026-05-18, 2026-05-19]", "albi: [2026-04-01]", "2026-04-01", "n’est pas après ce qui la précède"),
    ("albi: [2026-05-18, 2026-05-19]", "albi: [2026-05-18, 2026-05-18]", "05-18, 2026-05-18", "donné deux fois"),
    ("albi: [2026-05-18, 2026-05-19]", "alby: [2026-05-18]", "alby: [", "l’école « alby » n’existe pas"),
    ("albi: [2026-05-18, 2026-05-19]", "alby: [2026-05-18]", "    days:", "l’école « albi » n’a aucun jour d’épreuves"),
    ("starts: 2026-06-04 14:00", "starts: 2026-06-03 22:00", "06-03 22:00", "commence avant la fin de la précédente"),
    ("ends: 2026-06-10 23:00", "ends: 2026-06-04 13:00", "2026-06-04 13:00", "la période 2 finit avant de commencer"),
    ("starts: 2026-05-28 14:00", "starts: 2026-05-28 13:00", "05-28 13:00", "avant la publication des résultats"),
    ("school: ales", "school: alès", "school: alès", "n’est pas un code"),
    ("school: ales", "school: nimes", "school: nimes", "l’école « nimes » n’existe pas"),
    ("nord-europe: [10, 0, 5, 15]", "douai: [10, 0, 5, 15]", "douai: [", "la formation « douai » n’existe pas"),
    ("nord-europe: [10, 0, 5, 15]", "douai: [10, 0, 5, 15]", "seats:\n", "« nord-europe » n’a pas de ligne de places"),
    (
        "columns:     [L3, BUT3, M1, total]",
        "columns:     [L3, DUT, M1, total]",
        "DUT",
        "la filière « DUT » n’existe pas",
    ),
    ("track: M1\n", "track: M2\n", "track: M2", "la filière « M2 » n’existe pas"),
    ("columns: [albi, ales] #", "columns: [albi, arles] #", "[albi, arles]", "la formation « arles » n’existe pas"),
    ("titles: [M1]", "titles: [M2]", "titles: [M2]", "le titre « M2 » n’existe pas"),
    ("when: {title: [M1]}", "when: {titre: [M1]}", "titre: [M1]", "la condition porte sur « titre »"),
    ("when: {title: [M1]}", "when: {title: [M2]}", "title: [M2]", "« M2 » n’est pas une réponse possible"),
    ("when: {title: [M1]}", "when: {title: []}", "title: []", "la liste est vide"),
    ("when: {title: [M1]}", "when: {city: [Albi]}", "city: [Albi]", "« city » est un champ libre"),
    ("when: {scholarship: [oui]}", "when: {scholarship: [peut-être]}", "peut-être", "n’est pas une réponse possible"),
    ("must_be: non", "must_be: jamais", "jamais", "« jamais » n’est pas une réponse possible"),
    ("referees: [appraiser]", "referees: [teacher]", "teacher", "le référent « teacher » n’existe pas"),
    ("papers: [further-study-sheet]", "papers: [sheet]", "papers: [sheet]", "la pièce « sheet » n’existe pas"),
    ("    papers: [further-study-sheet]\n", "", "  opinion:\n    label: {fr: Fiche", "ne laisse pas le choix"),
    ("required: non # AST-09", "required: oui # AST-09", "  further-study-sheet:", "ne peut pas être obligatoire"),
    ("paper: crous-certificate", "paper: crous", "paper: crous\n", "la pièce « crous » n’existe pas"),
    ("    iban: FR76 1007 1420 0000 0010 0289 731\n", "", "  albi:\n    name", "« albi » n’a pas d’IBAN"),
    ("    account_holder: MINES ST ETIENNE ALBI ALES\n", "", "  albi:\n    name", "sans le titulaire du compte"),
    ("eliminatory: 4", "eliminatory: 20", "eliminatory: 20", "la note éliminatoire atteint la note maximale"),
    ("days: 7 #", "days: 0 #", "days: 0 #", "un nombre entier de 1 à 60 est attendu"),
    ("at_least: 1", "at_least: 3\n  at_most: 2", "choices:", "au moins 3 et au plus 2"),
    ("      city:\n", "      phone:\n", "      phone:\n        kind: phone", "donnée deux fois"),
    (
        "      city:\n",
        "      given_names:\n",
        "      given_names:\n        kind: text\n        label: {fr: Ville",
        "est déjà pris",
    ),
    ("      city:\n", "      title:\n", "      title:\n        kind: text", "est déjà pris par le portail"),
    ("        kind: choice\n", "        kind: text\n", "options:\n          top-10", "n’est pas un choix"),
    ("  late_papers: #", "  late: #", "calendar:\n", "il faut l’entrée « late_papers »"),
    ("  applications:\n", "  candidatures:\n", "calendar:\n", "l’entrée « applications » est nécessaire"),
    ("  M1: {label: {fr: Master 1", "  l3: {label: {fr: Master 1", "  l3: {", "ne diffèrent que par les majuscules"),
]


@pytest.mark.parametrize(("old", "new", "where", "reason"), [*WRONG_VALUES, *WRONG_TABLES, *CONTRADICTIONS])
def test_a_mistake_is_told_with_its_line(old: str, new: str, where: str, reason: str) -> None:
    """Without the line, the office searches six hundred of them; without the check, a candidate finds it."""
    text = changed((old, new))
    told = [fault.reason for fault in faults_of(text) if fault.line == line_with(text, where)]
    assert any(reason in found for found in told), faults_of(text)


def test_one_mistake_gives_one_message() -> None:
    """A wrong date must not make the calendar incomplete, nor a wrong account the fee unpayable."""
    for old, new, _, _ in WRONG_VALUES:
        assert len(faults_of(changed((old, new)))) == 1, new


def test_many_mistakes_are_told_at_once_in_order() -> None:
    text = changed(
        ("year: 2026", "annee: 2026"),
        ("starts: 2026-01-26 14:00", "starts: 2026-01-26 25:00"),
        ("FR76 1007 1300", "FR76 1007 1301"),
        ("amount: 76.00", "amount: 76.005"),
        ("when: {title: [M1]}", "when: {title: [M2]}"),
        ("school: ales", "school: nimes"),
        ("starts: 2026-06-04 14:00", "starts: 2026-06-03 22:00"),
    )
    faults = faults_of(text)
    places = ["code: ast-2026", "annee", "FR76 1007 1301", "25:00", "06-03 22:00", "school: nimes", "[M2]", "76.005"]
    assert [fault.line for fault in faults] == [line_with(text, place) for place in places]
    assert str(faults[-1]).startswith(f"ast.yaml:{line_with(text, '76.005')}: amount : « 76.005 »")


def test_hours_and_norway_stay_text() -> None:
    """Plain YAML reads 23:00 as 1380 and NO as false."""
    text = changed(("top-10:", "NO:"), ("ends: 2026-03-20 23:00", "ends: 2026-03-20 23:59"))
    file = read_text(text, name="x")
    appraiser = file.rules.referee("appraiser")
    assert appraiser is not None
    assert appraiser.questions[1].options[0].code == "NO"


def test_a_comma_outside_of_quotes_is_explained() -> None:
    """{fr: un, deux} is two keys for YAML: the office is told to use quotes."""
    text = changed(("{fr: Déclarations,", "{fr: Déclarations, engagements,"))
    (fault,) = faults_of(text)
    assert fault.line == line_with(text, "engagements")
    assert "s’écrit entre guillemets" in fault.reason


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "le fichier est vide"),
        ("code: x\n\ttitle: y\n", 2, "ce n’est pas du YAML"),
        ("code: [a, b\n", 2, "ce n’est pas du YAML"),
        ("code: x\n---\ncode: y\n", 2, "ce n’est pas du YAML"),
        ("code: \x00", 1, "ce n’est pas du YAML"),
        ("- code\n- year\n", 1, "une table (clé : valeur) est attendue, et non une liste"),
        ("ast-2026", 1, "une table (clé : valeur) est attendue, et non un texte"),
        ("? [a]\n: x\n", 1, "une clé doit être un texte"),
    ],
)
def test_what_is_no_procedure_at_all(text: str, line: int, reason: str) -> None:
    assert any(fault.line == line and reason in fault.reason for fault in faults_of(text)), faults_of(text)


def test_an_empty_table_says_all_that_is_missing() -> None:
    reasons = " ".join(fault.reason for fault in faults_of("code: x\n"))
    for key in (
        "title",
        "short_title",
        "year",
        "schools",
        "calendar",
        "steps",
        "programmes",
        "tracks",
        "seats",
        "form",
    ):
        assert f"« {key} »" in reasons


def test_bytes_that_are_not_utf8_do_not_crash(tmp_path: Path) -> None:
    wrong = tmp_path / "windows.yaml"
    wrong.write_bytes(TEXT.encode("cp1252", errors="replace"))
    assert read(wrong).live.schools[1].name != "IMT Mines Alès"


def test_totals_that_do_not_add_up_are_warnings_on_their_lines() -> None:
    """AST-05: the notice's own totals are wrong; a file that could not say so could not be loaded."""
    text = changed(("albi:        [10, 10, 5, 25]", "albi:        [10, 10, 5, 24]"))
    warnings = read_text(text, name="ast.yaml").warnings
    row, totals = line_with(text, "[10, 10, 5, 24]"), line_with(text, "total:       [22")
    assert [warning.line for warning in warnings] == [row, totals, totals]
    assert warnings[0].reason == "le total donné pour « albi » est 24, ses cases font 25 : les cases l’emportent."


def test_seats_that_nobody_can_claim_are_a_warning() -> None:
    text = changed(("nord-europe: [10, 0, 5, 15]", "nord-europe: [10, 2, 5, 17]"))
    reasons = [warning.reason for warning in read_text(text, name="ast.yaml").warnings]
    assert "des places en BUT3, mais aucun titre n’y donne accès." in reasons


def test_warnings_come_with_the_faults() -> None:
    with pytest.raises(FaultyFile) as refusal:
        read_text(changed(("year: 2026", "year: x")), name="ast.yaml")
    assert len(refusal.value.warnings) == 2


@given(st.integers(0, 999_999_999))
def test_an_amount_is_read_to_the_cent(amount: int) -> None:
    """A float in between would lose a cent of some amounts."""
    euros, rest = divmod(amount, 100)
    assert cents(scalar(f"{euros}.{rest:02}")) == cents(scalar(f"{euros},{rest:02} €")) == amount


@given(st.text(alphabet="0123456789.,-+ €e", max_size=8))
def test_no_other_writing_is_an_amount(text: str) -> None:
    try:
        cents(scalar(text))
    except Wrong:
        assert not re.fullmatch(r"\d{1,7}(\.\d\d)?", text)


@given(st.integers(0, 9), st.integers(4, 26))
def test_one_wrong_digit_of_an_iban_is_seen(digit: int, position: int) -> None:
    right = "FR7610071420000000100289731"
    mistyped = right[:position] + str(digit) + right[position + 1 :]
    if mistyped == right:
        assert iban(scalar(mistyped)) == right
    else:
        with pytest.raises(Wrong):
            iban(scalar(mistyped))


@given(st.integers(4, 25))
def test_two_swapped_digits_of_an_iban_are_seen(position: int) -> None:
    right = "FR7610071420000000100289731"
    swapped = right[:position] + right[position + 1] + right[position] + right[position + 2 :]
    if swapped != right:
        with pytest.raises(Wrong):
            iban(scalar(swapped))


def test_midnight_is_the_end_of_the_day() -> None:
    end = moment(scalar("2026-07-17 minuit"))
    assert end == dt.datetime(2026, 7, 17, 22, tzinfo=dt.UTC)
    assert moment(scalar("2026-12-31 minuit")) == dt.datetime(2026, 12, 31, 23, tzinfo=dt.UTC)


@given(st.dates(dt.date(2020, 1, 1), dt.date(2040, 1, 1)), st.times())
def test_an_hour_is_that_of_paris(date: dt.date, hour: dt.time) -> None:
    """Whatever is accepted is shown again as it was typed."""
    typed = f"{date:%Y-%m-%d} {hour:%H:%M}"
    try:
        read_back = moment(scalar(typed))
    except Wrong:
        assert date.month == 3  # the hour that summer time skips
    else:
        assert f"{read_back.astimezone(ZoneInfo('Europe/Paris')):%Y-%m-%d %H:%M}" == typed


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#ffffff") == pytest.approx(1)
    assert contrast_with_white("#767676") == pytest.approx(4.54, abs=0.01)
    assert accent(scalar("#767676")) == "#767676"
    with pytest.raises(Wrong):
        accent(scalar("#777777"))


def test_small_values() -> None:
    assert megabytes(scalar("5 Mo")) == 5_000_000
    assert yes_or_no(scalar("Oui"))
    assert phone(scalar("+33 (0)5 63-49.30/45"))
    with pytest.raises(Wrong):
        megabytes(scalar("0 Mo"))
    with pytest.raises(Wrong):
        line(scalar("x" * 121))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, TEXT.count("\n")), st.sampled_from(["", "  - x", "{fr: [a]}", "  albi: {x: [y]}", "title: [a"]))
def test_whatever_stands_on_a_line_the_file_is_read_or_refused(number: int, instead: str) -> None:
    """A crash of the reader would show the office a traceback and none of its faults."""
    lines = TEXT.splitlines()
    text = "\n".join([*lines[:number], instead, *lines[number + 1 :]])
    with suppress(FaultyFile):
        assert read_text(text, name="x").code
