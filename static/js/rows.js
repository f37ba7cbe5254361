/* Questions asked row after row: a button adds a row, each row has one to take it away.
 *
 * Markup: applicants/rows.html. A row is numbered for good: its controls keep their names when another one goes.
 * Without this script the button that adds a row is sent with the form; a row left blank counts for nothing.
 */
(() => {
  "use strict";

  const begin = (place) => {
    const list = place.querySelector("[data-rows-list]");
    const blank = place.querySelector("template");
    const add = place.querySelector("[data-rows-add]");
    const most = Number(place.dataset.most);
    let next = Math.max(-1, ...[...list.children].map((row) => Number(row.dataset.row))) + 1;

    /** Say each row's number again, and keep to how many there may be. */
    const settle = () => {
      [...list.children].forEach((row, index) => {
        row.querySelector("[data-row-number]").textContent = index + 1;
        row.querySelector("[data-row-remove]").hidden = list.children.length === 1;
      });
      add.disabled = list.children.length >= most;
      // What depends on answers within a new row is shown or hidden; what is left of the rows is saved.
      place.dispatchEvent(new Event("change", { bubbles: true }));
    };

    add.type = "button"; // Enter in a control sends the form, and adds no row
    add.addEventListener("click", () => {
      const markup = blank.innerHTML.replaceAll("__NUMBER__", next);
      next += 1;
      list.insertAdjacentHTML("beforeend", markup);
      settle();
      list.lastElementChild.querySelector("input:not([type=hidden]), select, textarea").focus();
    });

    list.addEventListener("click", (event) => {
      const button = event.target.closest("[data-row-remove]");
      if (!button) return;
      button.closest("[data-row]").remove();
      settle();
      add.focus();
    });

    settle();
  };

  document.addEventListener("portal:ready", ({ detail }) => {
    detail.querySelectorAll("[data-rows]").forEach(begin);
  });
})();
