// What every page does beyond what HTML does: copy numbers, `/` to the search, leave after half an hour.
"use strict";

(() => {
  const body = document.body;

  document.querySelectorAll("#errors, #answer").forEach((place) => place.focus({ preventScroll: false }));

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const search = document.querySelector("[data-slash]") || document.querySelector("#id_number, #id_case_number");
    event.preventDefault();
    if (search) search.focus();
    else if ("signedIn" in body.dataset) location.assign("/#id_name");
  });
  if (location.hash === "#id_name") document.getElementById("id_name")?.focus();

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button.copy");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.value);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  window.addCopyButtons = (root) => {
    if (!navigator.clipboard) return;
    root.querySelectorAll("[data-copy]").forEach((number) => {
      if (number.nextElementSibling?.classList.contains("copy")) return;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = "Copy";
      button.dataset.value = number.textContent.trim();
      button.setAttribute("aria-label", `Copy ${button.dataset.value}`);
      number.after(" ", button);
    });
  };
  window.addCopyButtons(document);

  // A request is asked, and recorded, once.
  document.querySelectorAll("form[method=post]").forEach((form) => {
    form.addEventListener("submit", () => {
      setTimeout(() => form.querySelectorAll("button").forEach((button) => { button.disabled = true; }), 0);
    });
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form button").forEach((button) => { button.disabled = false; });
  });

  // CJIS AC-11: what stands here is gone after half an hour without a sign of life.
  if ("signedIn" in body.dataset) {
    const idle = document.getElementById("idle");
    const leave = () => location.replace(`${body.dataset.logIn}?ended=1`);
    let warning, leaving;
    const restart = () => {
      idle.hidden = true;
      clearTimeout(warning);
      clearTimeout(leaving);
      warning = setTimeout(() => { idle.hidden = false; document.getElementById("idle-stay").focus(); }, 28 * 60e3);
      leaving = setTimeout(leave, 30 * 60e3);
    };
    document.getElementById("idle-stay").addEventListener("click", async () => {
      const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
      const answer = await fetch(body.dataset.stay, { method: "POST", headers: { "X-CSRFToken": token } });
      if (answer.redirected || !answer.ok) leave();
      else restart();
    });
    restart();
  }
})();
