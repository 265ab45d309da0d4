// The booking desk: says in a few words what is typed, offers known people, sends by Ctrl+Enter.
"use strict";

(() => {
  const form = document.getElementById("sheet");
  if (!form) return;
  const field = (name) => form.elements.namedItem(name);
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

  // -- charges: another row
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
  document.getElementById("add-charge")?.addEventListener("click", (event) => { event.preventDefault(); addRow(); });

  // -- the keyboard, where the statute box (offenses.js) has not taken the key
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      document.getElementById("send").click();
    } else if (event.target.matches("input")) {
      event.preventDefault();
      if (event.target.closest("#charge-rows")) addRow();
    }
  });
})();
