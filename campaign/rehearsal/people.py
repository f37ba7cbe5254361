"""Made-up candidates: names from here and elsewhere, a title of the tables, and habits.

Each draw is made from the seed, the person's number and the name of what is drawn. So it depends on nothing else: not
on the order of events, nor on what others do.
"""

from __future__ import annotations

import enum
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from random import Random

from faker import Faker

from programmes.eligibility import open_programmes, titles_for
from programmes.rules import FieldKind, FieldRule, Order, PaperRule, Rules


class Habit(enum.Enum):
    """What some of them do: the share of those who do, and in words."""

    SKIPS_CONSENT = 0.05, "begins before having read the notice on personal data"
    TRIES_A_CLOSED_SCHOOL = 0.10, "ranks a school that the title does not open"
    CHANGES_ORDER = 0.20, "ranks the schools anew"
    GIVES_UP = 0.06, "leaves the draft as it is"
    SUBMITS_UNPAID = 0.12, "tries to submit before having seen to the fee"
    COMES_TOO_LATE = 0.04, "submits when applications are closed"
    ASKS_A_REFEREE = 0.65, "names an appraiser, rather than deposit a further-study sheet"
    REFEREE_DECLINES = 0.08, "has an appraiser who declines"
    LOCKED_FILE = 0.05, "deposits a PDF with a password"
    SCHOLARSHIP = 0.22, "holds a scholarship"
    DOUBTFUL_CERTIFICATE = 0.12, "has a certificate that staff do not accept"
    PAYS_BY_CARD = 0.80, "pays by card where the school takes it"
    SLOW_TRANSFER = 0.15, "pays by a transfer that takes its time"
    LOST_TRANSFER = 0.04, "announces a transfer that never comes"
    POOR_PAPER = 0.12, "deposits a paper that staff refuse"
    UNCLEAR_PAGE = 0.08, "writes something that staff ask to correct"
    IGNORES_REQUESTS = 0.10, "does not answer what staff ask"
    WITHDRAWS = 0.03, "withdraws before the results"
    BREAKS_THE_RULES = 0.01, "is found to have broken the rules"
    ABSENT = 0.04, "does not come to the tests"
    NEEDS_REMINDING = 0.25, "answers an offer after the reminder only"
    SILENT = 0.06, "does not answer in a period"
    CHANGES_MIND = 0.10, "answers an offer twice"
    HOLDS_TITLE = 0.30, "holds the required title already"
    TITLE_NEVER = 0.07, "never obtains the title"
    TITLE_TOO_LATE = 0.03, "sends the title when its time is over"
    TITLE_UNREADABLE = 0.07, "sends first a title that staff refuse"
    FORGETS_INTEGRATION_FILE = 0.10, "does not send the integration file back"

    @property
    def share(self) -> float:
        """How many of them have it, from 0 to 1."""
        return self.value[0]


@dataclass(frozen=True)
class Person:
    """A made-up candidate: who, with which title, wanting what. Marks out of 20 fall around `ability`."""

    seed: int
    number: int
    email: str
    language: str
    identity: Mapping[str, str]
    nationality: str
    title: str
    speciality: str
    equivalence: str
    choices: tuple[str, ...]

    def draw(self, what: str) -> Random:
        """The dice for `what`, always the same."""
        return Random(f"{self.seed}/{self.number}/{what}")  # noqa: S311 - nothing here is secret

    def has(self, habit: Habit, occasion: object = "") -> bool:
        """Whether the person has a habit, or shows it on an occasion."""
        return self.draw(f"{habit.name} {occasion}").random() < habit.share

    @cached_property
    def ability(self) -> float:
        """What the person is worth in the eyes of juries, out of 20."""
        return min(19.0, max(2.0, self.draw("ability").gauss(12, 2.8)))


def make_people(seed: int, count: int, rules: Rules, *, domain: str, favoured: str = "") -> list[Person]:
    """`count` candidates for a procedure of those rules, with addresses at `domain`.

    Most of them hold the title `favoured`, if one is named: where there are few people, they had better compete.
    """
    return [_person(seed, number, rules, domain, favoured) for number in range(1, count + 1)]


def answers_of(person: Person, rules: Rules) -> dict[str, str]:
    """What the person answers to every question of the form, by field id."""
    fake = _faker("fr_FR", f"{person.seed}/{person.number}/answers")
    deciding = _fields_of_conditions(rules)
    answers = dict(person.identity)
    for page in rules.pages:
        for field in page.fields:
            if field.code not in answers:
                answers[field.code] = _answer(person, field, fake, deciding.get(field.code))
    return answers


def passer_by(seed: int, number: int, title: str) -> Person:
    """Someone of whom nothing is known but that there is a dossier: a visitor of a demonstration."""
    return Person(seed, number, "", "fr", {}, "FR", title, "", "", ())


# --- Below ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Origin:
    """Where people come from: whose names they bear, which passports, and how many of them there are."""

    locale: str
    countries: tuple[str, ...]
    weight: int
    is_abroad: bool = True


ORIGINS = (
    Origin("fr_FR", ("FR",), 68, is_abroad=False),
    Origin("ar_AA", ("MA", "TN", "DZ", "LB"), 7),
    Origin("zh_CN", ("CN",), 5),
    Origin("vi_VN", ("VN",), 5),
    Origin("pl_PL", ("PL",), 4),
    Origin("pt_BR", ("BR",), 4),
    Origin("tr_TR", ("TR",), 4),
    Origin("es_ES", ("ES", "CO", "PE"), 3),
)
SHARE_OF_THE_FAVOURED = 0.8
MOST_SIDE_BY_SIDE = 4  # programmes that anybody asks for, where they are not ranked
SHARE_OF_THE_PICKY = 0.4  # who leave out some of the schools that their title opens
REMARKABLE = (
    *("N'Diaye", "L'Hermitte", "d'Alembert-Roux", "O’Brien", "Lê Quốc", "Nuñez y García", "Müller-Groß", "Ngô"),
    *(
        "Châteauneuf",
        "Œuvrard",
        "Île-Béranger",
        "Łukasiewicz",
        "Çelik",
        "Þórsdóttir",
        "de La Tour d'Auvergne",
        "Zoë-Li",
    ),
)
SUBJECTS = (
    "général, mathématiques et physique-chimie",
    "général, mathématiques et SVT",
    "général, mathématiques et NSI",
    "STI2D",
    "STL",
)
INSTITUTIONS = (
    "Université de Lille",
    "Université Toulouse III – Paul-Sabatier",
    "Université de Montpellier",
    "Université de Strasbourg",
    "Université Clermont Auvergne",
    "IUT d'Aix-Marseille",
    "IUT de Nîmes",
    "IUT de Béthune",
)

EXAMPLE = re.compile(r"Par exemple\W+([^.;,]+)")  # in the help of a question
SENTENCES = (
    "Six mois de stage dans une entreprise de ma région, puis un projet mené à quatre pendant un semestre.",
    "J’ai découvert ce métier en stage, où j’ai suivi un chantier du premier jour au dernier.",
    "Deux étés dans le même atelier : d’abord à la production, puis au bureau des méthodes.",
)


def _person(seed: int, number: int, rules: Rules, domain: str, favoured: str) -> Person:
    dice = Random(f"{seed}/{number}/who")  # noqa: S311
    origin = dice.choices(ORIGINS, [each.weight for each in ORIGINS])[0]
    fake = _faker(origin.locale, f"{seed}/{number}/name")
    given, family = str(fake.first_name()), str(fake.last_name())
    if dice.random() < 0.12:
        family = dice.choice(REMARKABLE)
    local = ".".join(filter(None, (_plain(given), _plain(family)))) or "candidat"  # Latin letters it may have none of
    title, speciality, equivalence = _title(dice, rules, favoured, is_abroad=origin.is_abroad)
    return Person(
        seed=seed,
        number=number,
        email=f"{local}.{number}@{domain}",
        language="en" if origin.is_abroad and dice.random() < 0.4 else "fr",
        identity={
            "family_name": family,
            "given_names": given,
            "name_in_use": str(fake.last_name()) if dice.random() < 0.04 else "",
            "birth_date": f"{dice.randint(1999, 2005)}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}",
        },
        nationality=dice.choice(origin.countries),
        title=title,
        speciality=speciality,
        equivalence=equivalence,
        choices=_choices(dice, rules, title, speciality),
    )


def _faker(locale: str, seed: str) -> Faker:
    """What makes up names and places there, from that seed on."""
    fake = _fakers(locale)
    fake.seed_instance(seed)
    return fake


@cache
def _fakers(locale: str) -> Faker:
    return Faker(locale)


def _title(dice: Random, rules: Rules, favoured: str, *, is_abroad: bool) -> tuple[str, str, str]:
    """A row of the tables, each as likely as any other; from abroad often by an equivalence."""
    if not rules.titles:
        return "", "", ""
    claims_equivalence = bool(rules.equivalences) and dice.random() < (0.35 if is_abroad else 0.03)
    equivalence = dice.choice(rules.equivalences).code if claims_equivalence else ""
    titles = titles_for(rules, equivalence)
    if favoured and dice.random() < SHARE_OF_THE_FAVOURED:
        titles = tuple(title for title in titles if title.code == favoured) or titles
    rows = [(title.code, row.code) for title in titles for row in title.specialities]
    return (*dice.choice(rows), equivalence)


def _choices(dice: Random, rules: Rules, title: str, speciality: str) -> tuple[str, ...]:
    """The programmes that the title opens, in an order of one's own; the first named are the most sought after.

    A few leave some out.
    """
    is_open = open_programmes(rules, title, speciality)
    liking = {programme.code: dice.random() ** (1 + place) for place, programme in enumerate(rules.programmes)}
    wanted = sorted(is_open, key=lambda code: -liking[code])
    at_most = rules.choices.max_count or len(wanted)
    if rules.choices.order == Order.UNRANKED:
        at_most = min(at_most, dice.randint(1, MOST_SIDE_BY_SIDE))
    if len(wanted) > 1 and dice.random() < SHARE_OF_THE_PICKY:
        at_most = min(at_most, max(rules.choices.min_count, dice.randrange(1, len(wanted))))
    return tuple(wanted[:at_most])


def _fields_of_conditions(rules: Rules) -> dict[str, Habit]:
    """The questions on which something depends, and the habit by which they are answered with yes."""
    grounds = (rules.fee.exemption, rules.fee.reduction) if rules.fee else ()
    of_scholars = {name for ground in grounds if ground for name in ground.when.values}
    proving = [paper.when for paper in rules.papers if _is_proof_already_there(paper)]
    found = {name: Habit.HOLDS_TITLE for condition in proving for name in condition.values}
    return found | dict.fromkeys(of_scholars, Habit.SCHOLARSHIP)


def _is_proof_already_there(paper: PaperRule) -> bool:
    return paper.proves_title and not paper.late


def _answer(person: Person, field: FieldRule, fake: Faker, decided_by: Habit | None) -> str:
    if field.must_be:
        return field.must_be
    if decided_by is not None and field.kind == FieldKind.YES_NO:
        return "yes" if person.has(decided_by) else "no"
    answers: dict[FieldKind, Callable[[], str]] = {
        FieldKind.YES_NO: lambda: "no",
        FieldKind.CHOICE: lambda: person.draw(field.code).choice(field.options).code,
        FieldKind.CHOICES: lambda: _some(person, field),
        FieldKind.COUNTRY: lambda: "FR" if field.code == "country" else person.nationality,
        FieldKind.DATE: lambda: person.identity["birth_date"],
        FieldKind.YEAR: lambda: str(_leaves_school(person)),
        FieldKind.PHONE: lambda: f"06 {person.draw('phone').randint(10, 99)} 12 34 56",
        FieldKind.EMAIL: lambda: person.email,
        FieldKind.NUMBER: lambda: str(field.at_least if field.at_least is not None else field.at_most or 3),
        FieldKind.INE: lambda: f"{person.draw('ine').randrange(10**9):010d}A",
        FieldKind.ROWS: lambda: _rows(person, field, fake),
    }
    return answers.get(field.kind, lambda: _words(person, field, fake)[: field.max_length])()


def _some(person: Person, field: FieldRule) -> str:
    """One or several of the options."""
    dice = person.draw(field.code)
    chosen = dice.sample(field.options, dice.randint(1, len(field.options)))
    return " ".join(option.code for option in field.options if option in chosen)


def _rows(person: Person, field: FieldRule, fake: Faker) -> str:
    """An answer that repeats, in as few rows as there may be."""
    rows = [_row(person, field, fake, number) for number in range(field.at_least or 1)]
    return json.dumps(rows, ensure_ascii=False)


def _row(person: Person, field: FieldRule, fake: Faker, number: int) -> dict[str, str]:
    """One row of an answer that repeats: the years go back from one to the next."""
    answers = {asked.code: _answer(person, asked, fake, None) for asked in field.fields}
    years = {asked.code for asked in field.fields if asked.kind == FieldKind.YEAR}
    return {code: str(int(said) + 3 - number) if code in years else said for code, said in answers.items()}


def _leaves_school(person: Person) -> int:
    """In which year: at seventeen, as most; the youngest candidates have just done so."""
    return int(person.identity["birth_date"][:4]) + 17


def _words(person: Person, field: FieldRule, fake: Faker) -> str:
    """What is written where words are asked for; of an unknown question its own example, a sentence or a town."""
    dice = person.draw(field.code)
    year = _leaves_school(person)
    place = person.draw("institution").choice(INSTITUTIONS)
    known = {
        "address": lambda: fake.street_address(),
        "guardian_address": lambda: fake.street_address(),
        "postal_code": lambda: fake.postcode(),
        "baccalaureate": lambda: dice.choice(SUBJECTS),
        "institution": lambda: place,
        "degree_name": lambda: f"{person.title} {person.speciality}".replace("-", " ").strip() or fake.job(),
        "studies": lambda: "\n".join(
            f"{year + step}-{year + step + 1}, {place}, année {step + 1} : validée" for step in range(3)
        ),
    }
    if field.code not in known and (example := EXAMPLE.search(field.help.fr)):
        return example[1]
    unknown = (lambda: dice.choice(SENTENCES)) if field.kind == FieldKind.LONG_TEXT else fake.city
    return str(known.get(field.code, unknown)())


def _plain(name: str) -> str:
    """A name as it may stand in an address: unaccented small letters; of other scripts, nothing."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in decomposed if char.isascii() and char.isalnum())
