/* A list that one puts in order: by dragging (SortableJS), by its buttons, or with the arrow keys.
 *
 * Markup: components/ranking.html. Every change is said to those who listen, and saves itself (js/saving.js).
 * Without this script the buttons submit the form.
 */
(() => {
  "use strict";

  const begin = (form) => {
    const list = form.querySelector("[data-ranking-list]");
    const lines = () => [...list.children];

    /** Bring buttons and words in line with the order that the list now has, and let it be saved. */
    const settle = (line) => {
      const all = lines();
      all.forEach((each, index) => {
        each.querySelector('[value^="up:"]').disabled = index === 0;
        each.querySelector('[value^="down:"]').disabled = index === all.length - 1;
      });
      const moved = form.dataset.wordsMoved
        .replace("{label}", line.dataset.label)
        .replace("{rank}", all.indexOf(line) + 1)
        .replace("{total}", all.length);
      window.portal.say(moved);
      list.dispatchEvent(new Event("change", { bubbles: true }));
    };

    const move = (line, step) => {
      const all = lines();
      const place = all.indexOf(line) + step;
      if (place < 0 || place >= all.length) return;
      if (step < 0) list.insertBefore(line, all[place]);
      else list.insertBefore(line, all[place].nextSibling);
      settle(line);
    };

    list.addEventListener("click", (event) => {
      const button = event.target.closest("button[name=move]");
      if (!button) return;
      event.preventDefault();
      const line = button.closest("[data-id]");
      const up = button.value.startsWith("up:");
      move(line, up ? -1 : 1);
      // At an end of the list its button is switched off: the focus goes to the other one.
      if (button.disabled) line.querySelector(`[value^="${up ? "down" : "up"}:"]`).focus();
      else button.focus();
    });

    list.addEventListener("keydown", (event) => {
      const steps = { ArrowUp: -1, ArrowDown: 1 };
      const line = event.target.closest("[data-id]");
      if (!line || !(event.key in steps)) return;
      event.preventDefault();
      const held = document.activeElement;
      move(line, steps[event.key]);
      (held.disabled ? line : held).focus();
    });

    lines().forEach((line) => {
      line.tabIndex = 0;
    });
    form.classList.add("ranking--live");
    window.Sortable.create(list, {
      animation: 0,
      delay: 150,
      delayOnTouchOnly: true,
      filter: "button",
      preventOnFilter: false,
      chosenClass: "ranking__item--lifted",
      onUpdate: (event) => settle(event.item),
    });
  };

  document.addEventListener("portal:ready", ({ detail }) => {
    detail.querySelectorAll("form[data-ranking]").forEach(begin);
  });
})();
