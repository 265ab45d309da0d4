// The booking desk: keeps the draft while it is typed, finds statutes, offers known people, sends by Ctrl+Enter.
"use strict";

(() => {
  const form = document.getElementById("sheet");
  if (!form) return;
  const field = (name) => form.elements.namedItem(name);
  const kept = document.getElementById("kept");
  const offenses = document.getElementById("offenses");
  const rows = document.querySelector("#charge-rows tbody");
  const post = (address) => fetch(address, { method: "POST", body: new FormData(form) });

  // -- the draft: two seconds after the last key, one request at a time
  let timer, sending, busy = false, again = false, stopped = !form.dataset.keep;
  const keep = async () => {
    if (stopped) return;
    if (busy) { again = true; return; }
    busy = true;
    timer = 0;
    try {
      const answer = await post(form.dataset.keep);
      if (answer.redirected) throw new Error("logged out");
      const said = await answer.json();
      if (answer.ok) {
        field("draft").value = said.draft;
        field("seen").value = said.version;
        form.action = said.address;
        history.replaceState(null, "", said.address);
        said.summary.forEach(([anchor, words]) => { form.querySelector(`[data-summary="${anchor}"]`).textContent = words; });
        kept.textContent = `Draft kept at ${new Date().toLocaleTimeString()}.`;
        if (!timer && !again) delete form.dataset.unkept;
      } else {
        stopped = true;
        kept.textContent = `Not kept: ${said.problem}. Press Keep draft to see both.`;
      }
    } catch {
      kept.textContent = "Not kept: out of touch with the server. Stay on this page; it will be tried again.";
      later(10e3);
    }
    busy = false;
    if (sending) {
      form.querySelectorAll("button").forEach((button) => { button.disabled = false; });
      form.requestSubmit(sending);
    } else if (again) { again = false; later(); }
  };
  const later = (wait = 2000) => { clearTimeout(timer); form.dataset.unkept = ""; timer = setTimeout(keep, wait); };
  form.addEventListener("input", () => later());
  form.addEventListener("change", () => later());
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    // What is being kept has a version that what is sent must name: wait for it.
    if (busy && !sending) { event.preventDefault(); sending = event.submitter; return; }
    stopped = true;
  });
  window.addEventListener("pageshow", () => { stopped = !form.dataset.keep; });
  document.addEventListener("visibilitychange", () => { if (document.hidden && timer) { clearTimeout(timer); timer = 0; keep(); } });

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
    later();
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
