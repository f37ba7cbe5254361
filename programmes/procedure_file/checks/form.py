"""Checks of the form: fields, conditions, papers."""

from __future__ import annotations

from collections.abc import Mapping

from programmes.facts import PROGRAMME, STATUS, values_of_facts
from programmes.procedure_file import schema
from programmes.procedure_file.checks.comparing import must_exist
from programmes.procedure_file.nodes import Source
from programmes.rules import Condition, FieldKind, FieldRule, Identity, Opinion, PaperRule, Rules, Stage
from programmes.rules.papers import OF

TAKEN = ("title", "speciality", "equivalence", PROGRAMME, STATUS)  # what conditions call something else by


STATED = ("family_name", "given_names", "birth_date")  # of an identity that does not change any more


def check_form(source: Source, rules: Rules) -> None:
    missing = [code for code in STATED if rules.field(code) is None]
    if rules.identity == Identity.FIXED and missing:
        reason = f"l’identité ne change plus (fixed) : le formulaire doit la demander ({', '.join(missing)})."
        source.fault(reason, "identity")
    seen: dict[str, str] = {}
    for page in rules.pages:
        for field in page.fields:
            where = ("form", page.code, "fields", field.code)
            if field.code in seen or field.code in TAKEN:
                taken_by = f"la page « {seen[field.code]} »" if field.code in seen else "le portail"
                source.fault(f"le champ « {field.code} » est déjà pris par {taken_by}.", *where)
            seen[field.code] = page.code
            _check_field(source, field, where)
            _check_rows(source, rules, field, where)
    for referee in rules.referees:
        for question in referee.questions:
            where = ("referees", referee.code, "questions", question.code)
            _check_field(source, question, where)
            _must_be_plain(source, question, where)


def _check_field(source: Source, field: FieldRule, where: tuple[str, ...]) -> None:
    is_rows = field.kind == FieldKind.ROWS
    if is_rows != bool(field.fields):
        source.fault("les questions d’une ligne (fields) vont avec « kind: rows », et seulement avec lui.", *where)
    if is_rows and not field.add:
        source.fault(
            f"le champ « {field.code} » se répète : dites les mots du bouton qui ajoute une ligne (add).", *where
        )
    if not (is_rows or field.kind == FieldKind.NUMBER) and (field.at_least, field.at_most) != (None, None):
        source.fault("at_least et at_most vont avec « kind: rows » ou « kind: number ».", *where)
    if field.at_least is not None and field.at_most is not None and field.at_most < field.at_least:
        reason = f"au moins {field.at_least} et au plus {field.at_most} : ces nombres se contredisent."
        source.fault(reason, *where)
    if field.kind == FieldKind.INE and field.required:
        source.fault("un numéro INE n’empêche jamais de transmettre : il ne peut pas être obligatoire.", *where)
    is_choice = field.kind in (FieldKind.CHOICE, FieldKind.CHOICES)
    if is_choice and len(field.options) < 2:
        source.fault(f"le champ « {field.code} » est un choix : il lui faut au moins deux options.", *where)
    if not is_choice and field.options:
        source.fault(f"le champ « {field.code} » a des options, mais n’est pas un choix.", *where, "options")
    answers = _values_of(field)
    if field.must_be and answers is not None and field.must_be not in answers:
        source.fault(f"« {field.must_be} » n’est pas une réponse possible.", *where, "must_be")


def _check_rows(source: Source, rules: Rules, field: FieldRule, where: tuple[str, ...]) -> None:
    """What each row asks, and the row that an INE names."""
    for asked in field.fields:
        within = (*where, "fields", asked.code)
        _check_field(source, asked, within)
        _must_be_plain(source, asked, within)
    named = field.otherwise
    if named is None:
        return
    if field.kind != FieldKind.INE:
        source.fault("« otherwise » va avec « kind: ine », et seulement avec lui.", *where, "otherwise")
    rows = rules.field(named.rows)
    if rows is None or rows.kind != FieldKind.ROWS:
        source.fault(f"« {named.rows} » n’est pas un champ qui se répète.", *where, "otherwise", "rows")
    elif rows.row_field(named.field) is None:
        reason = f"« {named.field} » n’est pas une question des lignes de « {named.rows} »."
        source.fault(reason, *where, "otherwise", "field")


def _must_be_plain(source: Source, field: FieldRule, where: tuple[str, ...]) -> None:
    if field.kind in (FieldKind.ROWS, FieldKind.INE):
        source.fault(f"une question de nature « {field.kind} » n’a sa place que sur une page.", *where, "kind")


def check_conditions(source: Source, rules: Rules) -> None:
    known = _names_in_conditions(rules)
    for page in rules.pages:
        for field in page.fields:
            where = ("form", page.code, "fields", field.code)
            _check_conditions_of(source, field, known, *where)
            in_row = {asked.code: _values_of(asked) for asked in field.fields}
            for asked in field.fields:
                _check_conditions_of(source, asked, in_row, *where, "fields", asked.code)
    for paper in rules.papers:
        check_condition(source, paper.when, known, "papers", paper.code, "when")
    _check_conditions_of_money(source, rules, known)
    for closing in rules.closings:
        check_condition(source, closing.when, known, "closings", closing.code, "when")
    for referee in rules.referees:
        answers = {question.code: _values_of(question) for question in referee.questions}
        for question in referee.questions:
            _check_conditions_of(source, question, answers, "referees", referee.code, "questions", question.code)


def _check_conditions_of(source: Source, field: FieldRule, known: Mapping[str, set[str] | None], *where: str) -> None:
    check_condition(source, field.when, known, *where, "when")
    for condition in field.required_when:
        check_condition(source, condition, known, *where, "required_when")


def _check_conditions_of_money(source: Source, rules: Rules, known: Mapping[str, set[str] | None]) -> None:
    for ground in ("exemption", "reduction", "link"):
        if rules.fee and (stated := getattr(rules.fee, ground)):
            check_condition(source, stated.when, known, "fee", ground, "when")
    for refund in rules.refunds:
        check_condition(source, refund.when, known, "refunds", refund.code, "when")
    for extra in rules.tuition.extras if rules.tuition else ():
        check_condition(source, extra.when, known, "tuition", "extras", extra.code, "when")


def check_condition(source: Source, condition: Condition, known: Mapping[str, set[str] | None], *where: str) -> None:
    """Each name must be a question, each value one of its answers (None: the question has no such list)."""
    for name, values in condition.values.items():
        if name not in known:
            source.fault(f"la condition porte sur « {name} », qui n’est pas un champ.", *where, name)
            continue
        answers = known[name]
        if answers is None:
            source.fault(f"« {name} » est un champ libre : une condition ne peut pas porter sur lui.", *where, name)
            continue
        for value in values:
            if value not in answers:
                source.fault(f"« {value} » n’est pas une réponse possible à « {name} ».", *where, name)


def _names_in_conditions(rules: Rules) -> dict[str, set[str] | None]:
    fields = {field.code: _values_of(field) for page in rules.pages for field in page.fields}
    return (
        values_of_facts(rules)
        | fields
        | {
            "title": {title.code for title in rules.titles},
            "speciality": {row.code for title in rules.titles for row in title.specialities},
            "equivalence": {equivalence.code for equivalence in rules.equivalences},
        }
    )


def _values_of(field: FieldRule) -> set[str] | None:
    if field.kind == FieldKind.YES_NO:
        return {"yes", "no"}
    is_choice = field.kind in (FieldKind.CHOICE, FieldKind.CHOICES)
    return {option.code for option in field.options} if is_choice else None


LONGEST_KIND = 60  # characters by which a deposited file says which paper it is


def _check_paper_per_choice(source: Source, rules: Rules, paper: PaperRule) -> None:
    """Several papers stand under its code: nothing else can name it as one."""
    where = ("papers", paper.code)
    one = {code for alternative in rules.alternatives for code in alternative.papers} | rules.fee_papers
    if paper.code in one:
        source.fault("une pièce demandée pour chaque formation (per_choice) ne remplace rien d’autre.", *where)
    if paper.stage == Stage.PLACE or paper.proves_title:
        source.fault("une pièce demandée pour chaque formation (per_choice) se joint au dossier.", *where)
    longest = max((len(programme.code) for programme in rules.programmes), default=0)
    if len(paper.code) + len(OF) + longest > LONGEST_KIND:
        source.fault("ce code et celui d’une formation sont trop longs ensemble : raccourcissez celui-ci.", *where)


def check_papers(source: Source, live: schema.Live, rules: Rules) -> None:
    papers = {paper.code for paper in rules.papers}
    referees = {referee.code for referee in rules.referees}
    for paper in (paper for paper in rules.papers if paper.per_choice):
        _check_paper_per_choice(source, rules, paper)
    for alternative in rules.alternatives:
        where = ("alternatives", alternative.code)
        is_choice = alternative.needs == Opinion.NAMED and alternative.referees  # one kind of referee is enough
        if len(alternative.referees) + len(alternative.papers) < 2 and not is_choice:
            source.fault(f"« {alternative.code} » ne laisse pas le choix : nommez au moins deux possibilités.", *where)
        must_exist(source, alternative.papers, papers, "la pièce", *where, "papers")
        must_exist(source, alternative.referees, referees, "le référent", *where, "referees")
        for paper in rules.papers:
            if paper.code in alternative.papers and paper.required:
                reason = f"l’un des choix de « {alternative.code} » ne peut pas être obligatoire (required: non)."
                source.fault(reason, "papers", paper.code)
