// The booking desk: says in a few words what is typed, finds statutes, offers known people, sends by Ctrl+Enter.
"use strict";

(() => {
  const form = document.getElementById("sheet");
  if (!form) return;
  const field = (name) => form.elements.namedItem(name);
  const offenses = document.getElementById("offenses");
  const rows = document.querySelector("#charge-rows tbody");
  const post = (address) => fetch(address, { method: "POST", body: new FormData(form) });

  // -- what is typed, in a few words at the side (drafts.js keeps it)
  form.addEventListener("kept", ({ detail }) => {
    detail.summary?.forEach(([anchor, words]) => { form.querySelector(`[data-summary="${anchor}"]`).textContent = words; });
  });

  // -- a possible known person, once name and birth date are there
  let asked = "";
  const look = async () => {
    const whom = ["surname", "given_name", "birth_date"].map((name) => field(name).value.trim());
    if (whom.some((part) => !part) || whom.join("|") === asked) return;
    asked = whom.join("|");
    const answer = await post(form.dataset.known);
    if (answer.ok && !answer.redirected) document.getElementById("known").innerHTML = await answer.text();
  };
  if (form.dataset.known) {
    ["surname", "given_name", "birth_date"].forEach((name) => field(name).addEventListener("change", look));
  }

  // -- charges: suggestions under the row that is typed in
  let typing, waiting;
  const suggest = async (input) => {
    const text = input.value.trim();
    if (text.length < 2) { offenses.replaceChildren(); return; }
    const answer = await fetch(`${form.dataset.offenses}?q=${encodeURIComponent(text)}`);
    if (answer.ok && !answer.redirected && typing === input) offenses.innerHTML = await answer.text();
  };
  const choose = (button) => {
    const row = typing.closest("tr");
    typing.value = button.dataset.statute;
    row.querySelector("[name=charge_description]").value = button.dataset.words;
    row.querySelector("[name=charge_grade]").value = button.dataset.grade;
    offenses.replaceChildren();
    row.querySelector("[name=charge_description]").focus();
    form.dispatchEvent(new Event("typed"));
  };
  const addRow = () => {
    const row = rows.lastElementChild.cloneNode(true);
    const place = rows.children.length;
    row.querySelectorAll("input, select").forEach((each) => {
      each.value = each.name === "charge_count" ? "1" : "";
      each.id = `${each.name}_${place}`;
      each.removeAttribute("aria-invalid");
      each.setAttribute("aria-label", each.getAttribute("aria-label").replace(/\d+$/, place + 1));
    });
    row.querySelectorAll(".usa-error-message").forEach((each) => each.remove());
    rows.append(row);
    row.querySelector("input").focus();
  };
  form.addEventListener("input", (event) => {
    if (!event.target.matches("[data-offenses]")) return;
    typing = event.target;
    clearTimeout(waiting);
    waiting = setTimeout(() => suggest(typing), 150);
  });
  offenses.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) choose(button);
  });
  document.getElementById("add-charge")?.addEventListener("click", (event) => { event.preventDefault(); addRow(); });

  // -- the keyboard
  form.addEventListener("keydown", (event) => {
    const inRow = event.target.closest("#charge-rows");
    const choices = [...offenses.querySelectorAll("button")];
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      document.getElementById("send").click();
    } else if (event.key === "Enter" && event.target.matches("input")) {
      event.preventDefault();
      if (!inRow) return;
      if (event.target === typing && choices.length) choose(choices[0]);
      else addRow();
    } else if (event.key === "ArrowDown" && event.target.matches("[data-offenses]") && choices.length) {
      event.preventDefault();
      choices[0].focus();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && choices.includes(event.target)) {
      event.preventDefault();
      const next = choices.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1);
      (choices[next] || typing).focus();
    } else if (event.key === "Escape") {
      offenses.replaceChildren();
    }
  });
})();
