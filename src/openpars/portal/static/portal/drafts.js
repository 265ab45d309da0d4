// Keeps the draft of each form that has one while it is typed: two seconds after the last key, one request at a time.
"use strict";

document.querySelectorAll("form[data-keep]").forEach((form) => {
  const field = (name) => form.elements.namedItem(name);
  const said = form.querySelector(".draft__said");
  let timer, sending, busy = false, again = false, stopped = false;

  const later = (wait = 2000) => { clearTimeout(timer); form.dataset.unkept = ""; timer = setTimeout(keep, wait); };

  const note = (answer) => {
    field("draft").value = answer.draft;
    field("draft_seen").value = answer.version;
    form.querySelector(".draft__drop").hidden = false;
    said.textContent = `Draft kept at ${new Date().toLocaleTimeString()}.`;
    if (answer.address) { form.action = answer.address; history.replaceState(null, "", answer.address); }
    form.dispatchEvent(new CustomEvent("kept", { detail: answer }));
    if (!timer && !again) delete form.dataset.unkept;
  };

  const keep = async () => {
    if (stopped) return;
    if (busy) { again = true; return; }
    busy = true;
    timer = 0;
    try {
      const answer = await fetch(form.dataset.keep, { method: "POST", body: new FormData(form) });
      if (answer.redirected || answer.status >= 500) throw new Error("logged out, or the server is away");
      const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : null;
      if (told && answer.ok) note(told);
      else {
        stopped = true;
        said.textContent = told ? `Not kept: ${told.problem}. Press Keep draft to see both.`
          : "Not kept: the server refuses it. It may be too long. Nothing on this page is lost.";
      }
    } catch {
      said.textContent = "Not kept: out of touch with the server. Stay on this page; it will be tried again.";
      later(10e3);
    }
    busy = false;
    if (sending) {
      form.querySelectorAll("button").forEach((button) => { button.disabled = false; });
      form.requestSubmit(sending);
    } else if (again) { again = false; later(); }
  };

  ["input", "change", "typed"].forEach((event) => form.addEventListener(event, () => later()));
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    // What is being kept has a version that what is sent must name: wait for it.
    if (busy && !sending) { event.preventDefault(); sending = event.submitter; return; }
    stopped = true;
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) stopped = false; });
  document.addEventListener("visibilitychange", () => { if (document.hidden && timer) { clearTimeout(timer); timer = 0; keep(); } });
});
