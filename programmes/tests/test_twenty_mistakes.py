"""A file with twenty mistakes of a tired hand: twenty messages, each with its line, and nothing loaded."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from programmes.live_data import differences, flat, read_live
from programmes.loading import store
from programmes.models import Procedure, ProcedureVersion, School
from programmes.procedure_file import read, read_text
from programmes.procedure_file.nodes import FaultyFile

AST = Path(__file__).parents[1] / "procedures" / "ast-2026.yaml"

MISTAKES = [
    # what the file says, what it says by mistake, words of the line where it is told, the reason
    ("year: 2026", "year: 26", "year: 26", "un nombre entier de 2000 à 2100 est attendu"),
    ("phone: 05 63 49 30 45", "fax: 05 63 49 30 99", "fax:", "la clé « fax » est inconnue ici"),
    ("FR76 1007 1300", "FR76 1007 1301", "1301", "la clé de contrôle de cet IBAN est fausse"),
    ('accent: "#3a3f8f"', 'accent: "#f0e68c"', "#f0e68c", "est trop claire sur fond blanc"),
    ("starts: 2026-01-26 14:00", "starts: 2026-02-29 14:00", "2026-02-29", "le jour 2026-02-29 n’existe pas"),
    ("ends: 2026-07-17 minuit", "ends: 2026-03-17 minuit", "03-17", "n’est pas après la clôture des candidatures"),
    ("results: 2026-04-09 16:00", "results: 2026-04-07 16:00", "04-07", "les résultats ne sont pas après la réunion"),
    ("starts: 2026-06-04 14:00", "starts: 2026-06-03 14:00", "06-03 14:00", "avant la fin de la précédente"),
    (
        "  ales:\n    school: ales",
        "  albi: {school: albi, title: Albi}\n  ales:\n    school: ales",
        "title: Albi",
        "la clé « albi » est donnée deux fois",
    ),
    ("    school: nord-europe", "    school: douai", "school: douai", "l’école « douai » n’existe pas"),
    ("columns:     [L3, BUT3, M1,", "columns:     [L3, DUT, M1,", "DUT", "la filière « DUT » n’existe pas"),
    ("[7, 8, 5, 20]", "[7, 8, 20]", "[7, 8, 20]", "4 cases sont attendues"),
    ("at_least: 1", "at_least: 4\n  at_most: 3", "choices:", "au moins 4 et au plus 3 : ces nombres se contredisent"),
    ("track: BUT3\n", "track: BUT2\n", "track: BUT2", "la filière « BUT2 » n’existe pas"),
    (
        "when: {title_held: [oui]}",
        "when: {titre_obtenu: [oui]}",
        "titre_obtenu",
        "« titre_obtenu », qui n’est pas un c",
    ),
    ("when: {title: [M1]}", "when: {title: [M2]}", "title: [M2]", "« M2 » n’est pas une réponse possible à « title »"),
    ("max_size: 10 Mo", "max_size: 10 000", "max_size: 10 000", "n’est pas une taille de fichier"),
    ("papers: [further-study-sheet]", "papers: [sheet]", "papers: [sheet]", "la pièce « sheet » n’existe pas"),
    ("amount: 76.00", "amount: 76.005", "76.005", "n’est pas un montant en euros"),
    ("eliminatory: 4", "eliminatory: 21", "eliminatory: 21", "la note éliminatoire atteint la note maximale"),
]


@pytest.fixture
def text() -> str:
    """The notice's own file, with all the mistakes."""
    mistaken = AST.read_text(encoding="utf-8")
    for said, instead, _, _ in MISTAKES:
        assert said in mistaken, f"the file no longer says {said!r}"
        mistaken = mistaken.replace(said, instead, 1)
    return mistaken


def test_each_is_told_with_its_line_and_nothing_else(text: str) -> None:
    """One message that hides another costs the office a second reading; one too many sends it looking for nothing."""
    with pytest.raises(FaultyFile) as refusal:
        read_text(text, name="ast.yaml")
    told = {(fault.line, fault.reason) for fault in refusal.value.faults}
    for _, _, words, reason in MISTAKES:
        line = 1 + text[: text.index(words)].count("\n")
        assert [said for at, said in told if at == line and reason in said], (line, reason)
    assert len(told) == len(refusal.value.faults) == len(MISTAKES) == 20, sorted(told)


@pytest.mark.django_db
class TestLoading:
    """The command tells them all, and the database stays as it was."""

    def test_nothing_is_there_afterwards(self, text: str, tmp_path: Path) -> None:
        """A school or a version left behind would be met by the next load."""
        told = refused(text, tmp_path)
        assert len(told) == 20
        assert not Procedure.objects.exists()
        assert not ProcedureVersion.objects.exists()
        assert not School.objects.exists()

    def test_what_was_there_stays_as_it_was(self, text: str, tmp_path: Path) -> None:
        procedure = store(read(AST), rehearsal=False)
        before = flat(read_live(procedure))
        refused(text, tmp_path)
        assert differences(before, flat(read_live(Procedure.objects.get()))) == []
        assert ProcedureVersion.objects.get() == procedure.current_version


def refused(text: str, where: Path) -> list[str]:
    """What the command says when it refuses a file with that text, line by line, warnings left out."""
    path, told = where / "ast.yaml", StringIO()
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("load_procedure", str(path), stderr=told)
    return [line for line in told.getvalue().splitlines() if not line.endswith("(avertissement)")]
