/* Buttons that copy a text to paste it elsewhere: data-copy holds the text, data-words-copied what is said then.
 * They are hidden in the page and shown here, where the browser can copy.
 */
(() => {
  "use strict";

  const begin = (button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    const label = button.innerHTML;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.wordsCopied;
      window.portal.say(button.dataset.wordsCopied);
      setTimeout(() => {
        button.innerHTML = label;
      }, 3000);
    });
  };

  document.addEventListener("portal:ready", ({ detail }) => {
    detail.querySelectorAll("button[data-copy]").forEach(begin);
  });
})();
