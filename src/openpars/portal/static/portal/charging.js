// The statute box: offenses are found while somebody types a number or words; one is taken with a click or Enter.
(() => {
  "use strict";
  const address = document.currentScript.dataset.offenses;
  let waiting = 0;
  let asked = 0;

  const parts = (key) => ["statute", "words", "grade"].map((part) => [part, document.getElementById(`${part}-${key}`)]);

  document.querySelectorAll("[data-finds]").forEach((input) => {
    const found = document.getElementById(`found-${input.dataset.finds}`);
    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        const mine = ++asked;
        const answer = await fetch(`${address}?q=${encodeURIComponent(input.value)}`, { credentials: "same-origin" });
        if (mine === asked && answer.ok) found.innerHTML = await answer.text();
      }, 150);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" && found.firstElementChild) { event.preventDefault(); found.querySelector("button").focus(); }
    });
    found.addEventListener("keydown", (event) => {
      const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
      if (event.key === "Escape") { found.replaceChildren(); input.focus(); }
      if (step) { event.preventDefault(); (document.activeElement[step] || input).focus(); }
    });
    found.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      parts(input.dataset.finds).forEach(([part, field]) => { field.value = button.dataset[part]; });
      found.replaceChildren();
      input.focus();
    });
  });
})();
