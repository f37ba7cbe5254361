"""The accounts' pages: transfers waited for, the statement, each school its own. Rules: AST-07, AST-10."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from payments import charges
from payments.models import Charge, Payment
from payments.tests.conftest import FEE, LINES, TODAY, owed
from payments.transfers import declare_transfer
from programmes.models import Participation, Procedure
from programmes.roles import roles_of
from programmes.waiting import what_waits
from programmes.words import PARIS

AWAITED = reverse("admin:payments_awaited")
CHARGES = reverse("admin:payments_charge_changelist")
LEDGER = reverse("admin:payments_ledgerline_changelist")
STATEMENT = reverse("admin:payments_statement")
LINE = "12/03/2026;VIR SEPA {} /REF 42;76,00"


@pytest.fixture
def desk(client: Client, accountant: User) -> Client:
    client.force_login(accountant)
    return client


@pytest.fixture
def others(procedure: Procedure, albi: Participation) -> list[Charge]:
    people = [("Lefèvre", "Zoé"), ("Martin", "Léa"), ("Roy", "Anaïs")]
    return [
        owed(procedure, User.objects.create_user(f"{n}@example.org"), albi, f"{family} _{given} _fee")
        for n, (family, given) in enumerate(people)
    ]


def announced(charge: Charge) -> Charge:
    declare_transfer(charge.pk, on=TODAY, by=charge.account.payer)
    return charge


def state(charge: Charge) -> str:
    return Charge.objects.get(pk=charge.pk).state


class TestAwaited:
    def test_an_announced_transfer_is_noted(self, desk: Client, charge: Charge, accountant: User) -> None:
        announced(charge)
        shown = desk.get(AWAITED).content.decode()
        assert charge.reference in shown
        assert [line.count for line in what_waits(roles_of(accountant))[charge.procedure]] == [1]
        desk.post(reverse("admin:payments_received", args=[charge.pk]), {"received_on": "2026-03-11"})
        assert state(charge) == "settled"
        assert Payment.objects.get().received_on == dt.date(2026, 3, 11)
        assert charge.reference not in desk.get(AWAITED).content.decode()

    def test_the_day_proposed_is_that_of_the_procedures_clock(self, desk: Client, charge: Charge) -> None:
        """A rehearsal's day, not that of the machine on which it is played."""
        announced(charge)
        back = dt.timedelta(days=400)
        Procedure.objects.update(clock_offset=-back)
        times = [dt.datetime.now(dt.UTC) - back]
        shown = desk.get(AWAITED).content.decode()
        times.append(dt.datetime.now(dt.UTC) - back)  # the test may run at midnight
        assert any(f'value="{time.astimezone(PARIS):%Y-%m-%d}"' in shown for time in times)

    def test_one_that_never_came(self, desk: Client, charge: Charge) -> None:
        announced(charge)
        address = reverse("admin:payments_never_came", args=[charge.pk])
        refused = desk.post(address, {"reason": ""}, follow=True)
        assert "Indiquez le motif" in refused.content.decode()
        desk.post(address, {"reason": "Rien sur le compte."})
        assert Payment.objects.get().state == "failed"

    def test_another_school_sees_and_does_nothing(self, client: Client, charge: Charge, stranger: User) -> None:
        announced(charge)
        client.force_login(stranger)
        assert charge.reference not in client.get(AWAITED).content.decode()
        assert charge.reference not in client.get(CHARGES).content.decode()
        assert client.get(reverse("admin:payments_charge_change", args=[charge.pk])).status_code == 302
        client.post(reverse("admin:payments_received", args=[charge.pk]), {"received_on": "2026-03-11"})
        assert state(charge) == "due"

    def test_nobody_else_finds_the_page(self, client: Client, payer: User) -> None:
        payer.is_staff = True
        payer.save()
        client.force_login(payer)
        for address in (AWAITED, STATEMENT):
            assert client.get(address).status_code == 404

    def test_what_nobody_has_acted_on_is_part_of_a_draft(self, desk: Client, charge: Charge) -> None:
        assert charge.reference not in desk.get(CHARGES).content.decode()

    @pytest.mark.parametrize("address", [AWAITED, CHARGES, LEDGER])
    def test_as_many_queries_for_twenty_as_for_two(
        self, address: str, desk: Client, procedure: Procedure, albi: Participation
    ) -> None:
        def asked_with(number: int) -> int:
            announced(owed(procedure, User.objects.create_user(f"p{number}@example.org"), albi, f"Reference {number}"))
            with CaptureQueriesContext(connection) as asked:
                assert f"Reference {number}" in desk.get(address).content.decode()
            return len(asked)

        counts = [asked_with(number) for number in range(20)]
        assert counts[1] == counts[-1] <= 15


class TestStatement:
    def paste(self, desk: Client, *labels: str) -> str:
        lines = "\n".join(LINE.format(label) for label in labels)
        return desk.post(STATEMENT, {"read": "1", "lines": lines}).content.decode()

    def test_what_is_sure_is_chosen(self, desk: Client, others: list[Charge]) -> None:
        shown = self.paste(desk, "LEFEVRE ZOE FEE", "DUPONT JEAN")
        assert f'<option value="{others[0].pk}" selected>' in shown
        assert "Aucune somme attendue" in shown

    def test_a_name_on_cancelled_sums_still_tells_its_payer(
        self, client: Client, charge: Charge, albi: Participation, ales: Participation
    ) -> None:
        """Who changed the first choice to and fro: the name is not taken for the wording that all use."""
        office = User.objects.create_user("office@example.org", is_staff=True)
        charge.procedure.roles.create(user=office, kind="office")
        client.force_login(office)
        for school in (ales, albi, ales):
            with transaction.atomic():
                charge = charges.reopen_charge(charges.lock(charge.pk), payee=school, lines=LINES)
        assert f'<option value="{charge.pk}" selected>' in self.paste(client, "ROY MAX FEE")

    def test_what_was_chosen_is_noted_line_by_line(self, desk: Client, others: list[Charge]) -> None:
        first, second, third = others
        posted = {
            "note": "1",
            "charge-1": str(first.pk),
            "day-1": "2026-03-12",
            "label-1": "VIR A",
            "charge-2": str(first.pk),
            "day-2": "2026-03-12",
            "label-2": "VIR B",
            "charge-3": "",
            "charge-4": str(second.pk),
            "day-4": "2026-03-12",
        }
        shown = desk.post(STATEMENT, posted).content.decode()
        assert [state(charge) for charge in others] == ["settled", "settled", "due"]
        assert "déjà attribué à une autre ligne" in shown
        assert Payment.objects.filter(charge=first).count() == 1
        assert third.reference not in shown

    def test_where_nobody_was_chosen_the_lines_stay(self, desk: Client, others: list[Charge]) -> None:
        posted = {"note": "1", "charge-1": "", "lines": LINE.format("LEFEVRE FEE")}
        shown = desk.post(STATEMENT, posted).content.decode()
        assert "Aucun candidat n’était choisi" in shown
        assert f'<option value="{others[0].pk}"' in shown

    def test_the_same_lines_pasted_again_are_known(self, desk: Client, others: list[Charge]) -> None:
        posted = {"note": "1", "charge-1": str(others[0].pk), "day-1": "2026-03-12", "label-1": "VIR"}
        desk.post(STATEMENT, posted)
        assert "déjà noté" in self.paste(desk, "LEFEVRE ZOE FEE")

    def test_another_schools_sum_is_neither_proposed_nor_noted(
        self, desk: Client, procedure: Procedure, ales: Participation, payer: User
    ) -> None:
        elsewhere = owed(procedure, payer, ales, "Lefèvre _Zoé _fee")
        assert str(elsewhere.pk) not in self.paste(desk, "LEFEVRE ZOE FEE")
        posted = {"note": "1", "charge-1": str(elsewhere.pk), "day-1": "2026-03-12"}
        assert "Votre rôle ne permet pas" in desk.post(STATEMENT, posted).content.decode()
        assert state(elsewhere) == "due"

    @pytest.mark.parametrize("forged", [{"charge-1": "x"}, {"charge-1": "00000000-0000-0000-0000-000000000000"}])
    def test_a_forged_choice_is_not_found(self, desk: Client, forged: dict[str, str]) -> None:
        posted = {"note": "1", "day-1": "2026-03-12"} | forged
        assert desk.post(STATEMENT, posted).status_code == 404


def test_the_ledger_is_shown_in_euros(desk: Client, charge: Charge) -> None:
    announced(charge)
    shown = desk.get(reverse("admin:payments_ledgerline_changelist")).content.decode()
    assert "Frais acquis à IMT Mines Albi" in shown
    assert f"{FEE // 100}\u00a0€" in shown
    assert "Ajouter" not in shown
