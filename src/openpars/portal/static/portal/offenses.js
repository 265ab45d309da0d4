// The statute box: offenses are found while somebody types a number or words; one is taken with a click or Enter.
"use strict";

(() => {
  const address = document.currentScript.dataset.address;
  let typing = null, waiting = 0, asked = 0;
  const listOf = (input) => document.getElementById(input.dataset.offenses);
  const choices = () => (typing ? [...listOf(typing).querySelectorAll("button")] : []);

  const suggest = async (input) => {
    const text = input.value.trim();
    const mine = ++asked;
    if (text.length < 2) { listOf(input).replaceChildren(); return; }
    const answer = await fetch(`${address}?q=${encodeURIComponent(text)}`);
    if (answer.ok && !answer.redirected && mine === asked) listOf(input).innerHTML = await answer.text();
  };

  const choose = (button) => {
    const part = (name) => typing.closest("[data-charge]").querySelector(`[data-part=${name}]`);
    typing.value = button.dataset.statute;
    part("words").value = button.dataset.words;
    part("grade").value = button.dataset.grade;
    listOf(typing).replaceChildren();
    part("words").focus();
    part("words").dispatchEvent(new Event("input", { bubbles: true })); // what is kept by itself hears of it
  };

  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-offenses]")) return;
    typing = event.target;
    clearTimeout(waiting);
    waiting = setTimeout(() => suggest(typing), 150);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button && choices().includes(button)) choose(button);
  });
  // Before the page's own keys: where offenses are shown, they are meant.
  document.addEventListener("keydown", (event) => {
    const shown = choices();
    if (!shown.length) return;
    const inBox = event.target === typing, at = shown.indexOf(event.target);
    if (!inBox && at < 0) return;
    if (event.key === "Escape") { listOf(typing).replaceChildren(); typing.focus(); return; }
    if (event.key === "Enter" && inBox && !event.ctrlKey && !event.metaKey) choose(shown[0]);
    else if (event.key === "ArrowDown") (shown[at + 1] || shown[at]).focus();
    else if (event.key === "ArrowUp" && at >= 0) (shown[at - 1] || typing).focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
})();
