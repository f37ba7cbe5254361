"""Checks: what opens safely passes, without its metadata; what is hostile or broken is turned down."""

from __future__ import annotations

import io
import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest
from django.core.files.storage import default_storage
from pikepdf import Dictionary, Name
from PIL import Image

from documents import checks, inspection
from documents.antivirus import ScannerAway, is_infected
from documents.checks import check_paper, check_waiting_papers, examine
from documents.models import SupportingDocument
from documents.tests.conftest import pdf, photograph
from journal.clock import instant
from journal.models import Entry, Fact
from programmes.rules import FileKind
from tests.services.clamd import EICAR, private_clamd

Deposit = Callable[..., SupportingDocument]
ORIENTATION, CAMERA = 0x0112, 0x0110


def opens_with_script(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = made.make_indirect(Dictionary(S=Name.JavaScript, JS="app.alert(1)"))


def script_written_inside_a_page(made: pikepdf.Pdf) -> None:
    made.pages[0].AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS="app.alert(1)"))


def launches_a_program(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = Dictionary(S=Name.Launch, F="calc.exe")


def carries_a_file(made: pikepdf.Pdf) -> None:
    made.attachments["virus.exe"] = b"MZ"


def links_to_a_page(made: pikepdf.Pdf) -> None:
    link = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=[0, 0, 9, 9],
        A=Dictionary(S=Name.URI, URI="https://example.org"),
    )
    made.pages[0].Annots = pikepdf.Array([link])


def locked(password: str) -> bytes:
    return pdf(encryption=pikepdf.Encryption(user=password, owner="owner"))


@pytest.mark.parametrize(
    ("data", "flaw"),
    [
        (pdf(), ""),
        (pdf(change=links_to_a_page), ""),
        (locked(""), ""),  # protected from changes, open to all: so are many transcripts
        (locked("secret"), "locked"),
        (pdf(change=opens_with_script), "active"),
        (pdf(change=script_written_inside_a_page), "active"),
        (pdf(change=launches_a_program), "active"),
        (pdf(change=carries_a_file), "active"),
        (pdf(inspection.MOST_PAGES), ""),
        (pdf(inspection.MOST_PAGES + 1), "too_long"),
        (pdf(0), "broken"),
        (b"%PDF-1.7 and nothing else", "broken"),
        (b"%PDF-" + b"\x00" * 5000, "broken"),
    ],
)
def test_what_is_said_of_a_pdf(data: bytes, flaw: str) -> None:
    verdict = examine(data, "pdf")
    assert verdict.flaw == flaw
    assert verdict.kept == b""
    if not flaw:
        assert verdict.pages


@pytest.mark.parametrize(
    ("data", "content", "flaw"),
    [
        (photograph(), "jpeg", ""),
        (photograph(FileKind.PNG), "png", ""),
        (photograph()[:-200], "jpeg", "broken"),
        (photograph(FileKind.PNG)[:-200], "png", "broken"),
        (b"\xff\xd8\xff and nothing else", "jpeg", "broken"),
        (photograph(FileKind.PNG), "jpeg", "broken"),
    ],
)
def test_what_is_said_of_an_image(data: bytes, content: str, flaw: str) -> None:
    assert examine(data, content).flaw == flaw


def test_an_image_of_too_many_pixels_is_not_unpacked() -> None:
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")  # 400 million pixels in 50 kB
    assert examine(bomb.getvalue(), "png").flaw == "too_large"


def test_a_photograph_loses_where_it_was_taken_and_stays_upright() -> None:
    exif = Image.Exif()
    exif[ORIENTATION], exif[CAMERA] = 6, "SpyCam"  # lies on its side
    exif.get_ifd(0x8825)[1] = "N"  # a place on earth
    verdict = examine(photograph(size=(40, 20), exif=exif, comment=b"at home"), "jpeg")
    with Image.open(io.BytesIO(verdict.kept)) as kept:
        assert kept.size == (20, 40)
        assert not kept.getexif()
        assert "comment" not in kept.info
    assert b"SpyCam" not in verdict.kept


def test_a_png_loses_its_texts_and_keeps_what_is_transparent() -> None:
    from PIL.PngImagePlugin import PngInfo

    told, written = PngInfo(), io.BytesIO()
    told.add_text("Author", "Ada")
    image = Image.new("P", (4, 4), 0)
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.save(written, "PNG", transparency=0, pnginfo=told)
    verdict = examine(written.getvalue(), "png")
    with Image.open(io.BytesIO(verdict.kept)) as kept:
        assert kept.convert("RGBA").getpixel((0, 0)) == (255, 0, 0, 0)
    assert b"Ada" not in verdict.kept


# What a file would have done that took its inspection over; no module is needed that is not loaded already.
HOSTILE = {
    "takes all memory": "bytes(3 << 29)",
    "writes a file": "os.open('escaped', os.O_CREAT | os.O_WRONLY)",
    "reads a file": "os.open('/etc/passwd', os.O_RDONLY)",
    "reaches for the network": "socket.socket()",
    "reaches for it in the place of a descriptor it has": "os.close(2); socket.socket()",
    "starts a program": "os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)",
    "lifts its limits": "resource.setrlimit(resource.RLIMIT_NOFILE, (9, 9))",
}


def examined_by_one_that(does: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_free: bool = False) -> str:
    """The flaw of a good file whose inspection `does` something after its restraint, or without it."""
    source = Path(inspection.__file__).read_text().replace("import io\n", "import io\nimport socket\n", 1)
    restraint = "    restrain()\n"
    assert restraint in source
    program = tmp_path / "inspection.py"
    program.write_text(source.replace(restraint, f"    {does}\n" if is_free else f"{restraint}    {does}\n"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(checks, "INSPECTION", program)
    return examine(photograph(), "jpeg").flaw


@pytest.mark.parametrize("does", HOSTILE.values(), ids=HOSTILE)
def test_what_a_file_can_do_to_its_inspection_is_limited(
    does: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert examined_by_one_that(does, tmp_path, monkeypatch) == "broken"


@pytest.mark.parametrize("does", HOSTILE.values(), ids=HOSTILE)
def test_without_its_restraint_it_could_do_all_that(does: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert examined_by_one_that(does, tmp_path, monkeypatch, is_free=True) == ""


def test_an_inspection_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "PATIENCE", 2)
    assert examined_by_one_that("while True: pass", tmp_path, monkeypatch) == "broken"


def test_a_good_paper_passes(deposit: Deposit) -> None:
    document = deposit(pdf(3))
    check_paper(document.pk)
    document.refresh_from_db()
    assert document.check_state == "passed"
    assert document.pages == 3
    assert document.lease is None
    assert Entry.objects.filter(event="paper.checked", subject_id=str(document.pk)).count() == 1
    assert not Fact.objects.exists()


def test_a_bad_paper_is_turned_down_and_the_fact_is_stated(deposit: Deposit) -> None:
    document = deposit(locked("secret"))
    check_paper(document.pk)
    document.refresh_from_db()
    assert document.check_state == "rejected"
    assert "mot de passe" in document.get_check_reason_display()
    fact = Fact.objects.get()
    assert (fact.kind, fact.subject_id) == ("paper_rejected", str(document.pk))


def test_a_photograph_that_is_kept_takes_the_place_of_the_one_that_came(deposit: Deposit) -> None:
    document = deposit(photograph())
    came, digest = str(document.file.name), document.sha256
    check_paper(document.pk)
    document.refresh_from_db()
    assert document.file.name != came
    assert not default_storage.exists(came)
    assert default_storage.exists(str(document.file.name))
    assert document.sha256 == digest  # of what was deposited


def test_a_paper_is_checked_once(deposit: Deposit) -> None:
    document = deposit(pdf())
    check_paper(document.pk)
    check_paper(document.pk)
    assert not check_waiting_papers()
    assert Entry.objects.filter(event="paper.checked").count() == 1


def test_a_file_that_is_not_there_stops_no_other(deposit: Deposit) -> None:
    lost, good = deposit(pdf()), deposit(pdf())
    default_storage.delete(str(lost.file.name))
    assert not check_waiting_papers()
    lost.refresh_from_db()
    good.refresh_from_db()
    assert (lost.check_state, good.check_state) == ("pending", "passed")


class Unwilling(socketserver.StreamRequestHandler):
    """A clamd that is sent more than it takes."""

    def handle(self) -> None:
        self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
        self.rfile.read()  # until the other hangs up: who closes with something unread may take back the line


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real one, which knows EICAR."""
    with private_clamd(tmp_path_factory.mktemp("clamd")) as url:
        yield url


def test_the_antivirus_is_asked(clamd: str, settings, deposit: Deposit) -> None:
    settings.CLAMD_URL = clamd
    assert not is_infected(b"x" * 200_000)
    assert is_infected(b"x" * 200_000 + EICAR)
    document = deposit(pdf() + EICAR)
    check_paper(document.pk)
    document.refresh_from_db()
    assert (document.check_state, document.check_reason) == ("rejected", "infected")


def test_an_antivirus_that_does_not_take_the_whole_file_has_not_cleared_it(settings) -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Unwilling) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMD_URL = f"tcp://127.0.0.1:{server.server_address[1]}"
        with pytest.raises(ScannerAway, match="size limit"):
            is_infected(b"x")
        server.shutdown()


def test_papers_wait_for_an_antivirus_that_is_away(settings, clamd: str, deposit: Deposit) -> None:
    settings.CLAMD_URL = "unix:///nowhere/clamd.ctl"
    with pytest.raises(ScannerAway):
        is_infected(b"x")
    document = deposit(pdf())
    assert not check_waiting_papers()
    document.refresh_from_db()
    assert document.check_state == "pending"
    assert document.leased_until is not None
    assert document.leased_until > instant()  # it is asked again later, not at once
    settings.CLAMD_URL = clamd
    SupportingDocument.objects.update(leased_until=instant())
    check_waiting_papers()
    document.refresh_from_db()
    assert document.check_state == "passed"


def test_without_an_antivirus_nothing_is_scanned(settings) -> None:
    settings.CLAMD_URL = ""
    assert not is_infected(EICAR)
