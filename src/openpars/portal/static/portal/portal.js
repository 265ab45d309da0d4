// What every page does beyond what HTML does: copy numbers, `/` to the search.
"use strict";

(() => {
  const body = document.body;

  document.querySelectorAll("#errors, #log-in-errors, #answer").forEach((place) => place.focus({ preventScroll: false }));

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
  document.addEventListener("submit", (event) => setTimeout(() => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    event.target.querySelectorAll("button").forEach((button) => { button.disabled = true; });
  }, 0));
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form button").forEach((button) => { button.disabled = false; });
  });
})();
