/* The jury's list of one pool: lines are put in order by dragging (SortableJS), with their buttons, or by typing a rank.
 *
 * Markup: templates/admin/offers/list.html. Nothing is saved before the form is sent: the boxes say the order. Without
 * this script one types the ranks, or lets the buttons send the form.
 */
(() => {
  "use strict";

  document.querySelectorAll("form[data-jury-list]").forEach((form) => {
    const listed = form.querySelector("[data-listed]");
    const leftOff = form.querySelector("[data-left-off]");
    const said = form.querySelector("[data-moved]");
    const rows = (body) => [...body.querySelectorAll("tr[data-id]")];
    const box = (row) => row.querySelector("input[data-rank]");

    /** Bring the boxes and buttons in line with where the rows now are, and say that it is not saved. */
    const settle = (row) => {
      rows(listed).forEach((each, index, all) => {
        box(each).value = index + 1;
        each.querySelector('[value^="up:"]').disabled = index === 0;
        each.querySelector('[value^="down:"]').disabled = index === all.length - 1;
      });
      rows(leftOff).forEach((each) => {
        box(each).value = "";
        each.querySelectorAll("button[name=move]").forEach((button) => (button.disabled = true));
      });
      const rank = rows(listed).indexOf(row) + 1;
      said.textContent = (rank ? form.dataset.wordsMoved : form.dataset.wordsLeftOff)
        .replace("{name}", row.dataset.name)
        .replace("{rank}", rank);
    };

    const place = (row, rank) => {
      row.remove();
      listed.insertBefore(row, rows(listed)[rank - 1] ?? null);
      settle(row);
    };

    form.addEventListener("click", (event) => {
      const button = event.target.closest("button[name=move]");
      if (!button) return;
      event.preventDefault();
      const row = button.closest("tr");
      place(row, rows(listed).indexOf(row) + (button.value.startsWith("up:") ? 0 : 2));
      (button.disabled ? box(row) : button).focus();
    });

    form.addEventListener("change", (event) => {
      if (!event.target.matches("input[data-rank]")) return;
      const row = event.target.closest("tr");
      const typed = event.target.value.trim();
      if (typed === "") {
        leftOff.append(row);
        settle(row);
      } else if (/^[1-9]\d*$/.test(typed)) {
        place(row, Number(typed));
      }
      box(row).focus();
    });

    for (const body of [listed, leftOff]) {
      window.Sortable.create(body, {
        group: "jury-list",
        draggable: "tr[data-id]",
        handle: "[data-handle]",
        animation: 0,
        emptyInsertThreshold: 24,
        onEnd: (event) => settle(event.item),
      });
    }
    form.querySelectorAll("[data-handle]").forEach((handle) => (handle.hidden = false));
  });
})();
