// Keeps the draft of each form that has one while it is typed: two seconds after the last key, one request at a time.
// Nobody leaves a page without being asked while something of it is not kept.
"use strict";

document.querySelectorAll("form[data-keep]").forEach((form) => {
  const field = (name) => form.elements.namedItem(name);
  const said = form.querySelector(".draft__said");
  let timer = 0, keeping = null, again = false, stopped = false;

  const WHY = {
    away: "your session has ended",
    another: "somebody else is logged in in this browser now",
    here: "your role may not keep a draft here now",
  };
  const OUT_OF_TOUCH = "out of touch with the server. Stay on this page; it will be tried again";

  const later = (wait = 2000) => { clearTimeout(timer); form.dataset.unkept = ""; timer = setTimeout(keep, wait); };

  const note = (answer) => {
    field("draft").value = answer.draft;
    field("draft_seen").value = answer.version;
    form.querySelector(".draft__drop").hidden = false;
    said.textContent = `Draft kept at ${new Date().toLocaleTimeString()}.`;
    if (answer.address) { form.action = answer.address; history.replaceState(null, "", answer.address); }
    if (!timer && !again) delete form.dataset.unkept;
    form.dispatchEvent(new CustomEvent("kept", { detail: answer, bubbles: true }));
  };

  // `keepalive` lets it arrive though the page is left.
  const post = (keepalive) => fetch(form.dataset.keep, {
    method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, keepalive,
  });

  // Keeps what is typed now; answers why not, or nothing.
  const tried = async (keepalive) => {
    let answer = await post(keepalive);
    if ([401, 403].includes(answer.status)) {
      const found = await presence.look();
      if (found === "unreachable") throw new Error("the server is away");
      if (found !== "here") return WHY[found];
      answer = await post(keepalive); // the page's token had grown old
    }
    if (answer.status >= 500) throw new Error("the server is away");
    if (answer.ok) { note(await answer.json()); return ""; }
    if (answer.status === 409) {
      const { problem, elsewhere } = await answer.json();
      stopped = elsewhere;
      return elsewhere ? `${problem}. Press Keep draft to see both` : problem;
    }
    return answer.status === 400 ? "it is too long to be sent. Nothing on this page is lost: shorten it" : WHY.here;
  };

  const keep = (keepalive = false) => {
    clearTimeout(timer);
    if (stopped) return;
    if (keeping) { again = true; return; }
    timer = 0;
    keeping = tried(keepalive)
      .then((why) => { if (why) said.textContent = `Not kept: ${why}.`; })
      .catch(() => { said.textContent = `Not kept: ${OUT_OF_TOUCH}.`; later(10e3); })
      .finally(() => { keeping = null; if (again) { again = false; later(); } });
  };

  ["input", "change", "typed"].forEach((event) => form.addEventListener(event, () => later()));
  document.addEventListener("back", () => { if ("unkept" in form.dataset) keep(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden && timer) keep(true); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) stopped = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!("unkept" in form.dataset)) return;
    keep(true);
    event.preventDefault();
  });

  // What is being kept has a version that what is sent must name: whoever sends waits for it.
  form.keeping = () => { clearTimeout(timer); again = false; return keeping; };
  form.addEventListener("leaving", () => { clearTimeout(timer); stopped = true; delete form.dataset.unkept; });
});
