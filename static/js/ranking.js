/* A list that one puts in order: by dragging (SortableJS), by its buttons, or with the arrow keys.
 *
 * Markup: components/ranking.html. Every change is saved at once, one after the other, and the list says whether it was:
 * a saved order is answered by 204, anything else (a refusal, a sign-in page) means that it was not.
 * Without this script the buttons submit the form.
 */
(() => {
  "use strict";

  const begin = (form) => {
    const list = form.querySelector("[data-ranking-list]");
    const status = form.querySelector("[data-save-state]");
    const words = form.dataset;
    const lines = () => [...list.children];

    const show = (state, sentence) => {
      status.dataset.state = state;
      status.textContent = sentence;
    };

    let saving = false;
    let changed = false;

    /** Send the order as it stands now; a change made meanwhile is sent next, so the last one always wins. */
    const save = async () => {
      changed = true;
      if (saving) return;
      saving = true;
      while (changed) {
        changed = false;
        try {
          const answer = await fetch(form.action, {
            method: "POST",
            body: new FormData(form),
            headers: { "X-Requested-With": "fetch" },
          });
          // Refused, or signed out meanwhile: to the order as it stands and why, or to the sign-in and back here.
          if (answer.status === 409 || answer.redirected) location.reload();
          if (answer.status !== 204) throw new Error(String(answer.status));
          if (!changed) show("saved", `${status.dataset.moved} ${words.wordsSaved}`);
        } catch {
          if (!changed) show("failed", words.wordsFailed);
        }
      }
      saving = false;
    };

    /** Bring buttons and words in line with the order that the list now has. */
    const settle = (line) => {
      const all = lines();
      all.forEach((each, index) => {
        each.querySelector('[value^="up:"]').disabled = index === 0;
        each.querySelector('[value^="down:"]').disabled = index === all.length - 1;
      });
      status.dataset.moved = words.wordsMoved
        .replace("{label}", line.dataset.label)
        .replace("{rank}", all.indexOf(line) + 1)
        .replace("{total}", all.length);
      show("saving", `${status.dataset.moved} ${words.wordsSaving}`);
      save();
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
