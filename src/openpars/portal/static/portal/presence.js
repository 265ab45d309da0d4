// Whoever a page was made for is still there and logged in; or logs in again without leaving it. So nothing that was
// typed is lost to a session that has ended, to a log-in in another tab, or to a server that is away: before a form is
// sent from a page that has not heard of the server for a while, it asks who is here.
"use strict";

window.presence = (() => {
  const body = document.body;
  const find = (id) => document.getElementById(id);
  const dialog = find("come-back"), form = find("come-back-form"), away = find("away"), idle = find("idle");
  const WORDS = {
    here: "",
    away: "Your session has ended. Nothing on this page is lost: log in again to go on.",
    another: "Somebody else is logged in in this browser now. This page is still yours: log in again to go on.",
    idle: "Nothing has happened on this page for half an hour, so it is covered. Log in again to go on.",
    unreachable: "Out of touch with the server. Nothing was sent, and nothing on this page is lost: try again in a moment.",
  };
  let state = "here";

  // -- who is here

  const ask = async () => {
    try {
      const answer = await fetch(body.dataset.here, { headers: { Accept: "application/json" } });
      if (answer.status === 401) return "away";
      if (!answer.ok) return "unreachable";
      const { who, token } = await answer.json();
      if (who !== body.dataset.who) return "another";
      // Each log-in changes the token: what stands in this page's forms may be that of an earlier one.
      document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((each) => { each.value = token; });
      return "here";
    } catch { return "unreachable"; }
  };

  // "here", or what stands between this page and the server. Asking is a sign of life.
  const look = async () => {
    const was = state;
    state = await ask();
    find("away-words").textContent = WORDS[state];
    find("away-back").hidden = state === "unreachable";
    away.hidden = state === "here" || dialog.open;
    if (state === "here") restart();
    if (state === "here" && was !== "here") document.dispatchEvent(new Event("back"));
    return state;
  };

  // -- back in, without leaving the page

  const say = () => { find("come-back-words").textContent = WORDS[state]; };
  const logIn = async (options) => {
    try {
      const answer = await fetch(body.dataset.logIn, { ...options, headers: { "X-Fetched-By-Page": "1" } });
      if (answer.status === 204) return "";
      if (answer.status === 403) return logIn(); // the form's token had grown old: once more, with that of now
      const came = new DOMParser().parseFromString(await answer.text(), "text/html");
      form.replaceChildren(...(came.querySelector("main") || came.body).childNodes);
      (form.querySelector("#log-in-errors") || form.querySelector("#id_username"))?.focus();
    } catch { find("come-back-words").textContent = WORDS.unreachable; }
    find("come-back-try").hidden = Boolean(form.firstElementChild);
    return null;
  };
  let coming = null, came = null;

  // Answers whether this page's person is logged in again.
  const comeBack = () => {
    coming ||= new Promise((resolve) => { came = resolve; });
    away.hidden = true;
    dialog.returnValue = "";
    if (!dialog.open) dialog.showModal();
    say();
    logIn();
    return coming;
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await logIn({ method: "POST", body: new FormData(event.target) }) === null) return;
    if (await look() === "here") { dialog.close("here"); return; }
    form.replaceChildren(); // nothing may be typed into a form that the next one takes away
    say();
    logIn();
  });
  dialog.addEventListener("close", () => {
    form.replaceChildren();
    if (dialog.returnValue !== "here" && state === "idle") { comeBack(); return; }
    dialog.classList.remove("come-back--covers");
    away.hidden = state === "here";
    came(dialog.returnValue === "here");
    coming = null;
  });
  find("come-back-try").addEventListener("click", () => { say(); logIn(); });
  find("come-back-later").addEventListener("click", () => dialog.close(""));
  find("away-back").addEventListener("click", comeBack);

  // -- sending: only by this page's person

  let heard = Date.now();
  const sure = () => state === "here" && Date.now() - heard < 60e3;
  const assured = async () => {
    const found = await look();
    return found === "here" || (found !== "unreachable" && comeBack());
  };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) heard = 0; // who knows what is done elsewhere meanwhile
    else if (state !== "here" && !dialog.open) look();
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) heard = 0; });
  const asking = new WeakSet(), cleared = new WeakSet();
  document.addEventListener("submit", async (event) => {
    const { target, submitter } = event;
    if (event.defaultPrevented || target.method !== "post" || target.closest("dialog, .top__out")) return;
    if (cleared.delete(target)) return;
    if (sure() && !target.keeping?.()) { target.dispatchEvent(new Event("leaving")); return; }
    event.preventDefault();
    if (asking.has(target)) return;
    asking.add(target);
    if (sure() || await assured()) {
      await target.keeping?.();
      target.dispatchEvent(new Event("leaving"));
      cleared.add(target);
      target.requestSubmit(submitter);
    }
    asking.delete(target);
  });

  // -- CJIS AC-11: what stands here is gone, or covered, after half an hour without a sign of life

  let warning, leaving, typed = false;
  const restart = () => {
    heard = Date.now();
    idle.hidden = true;
    clearTimeout(warning);
    clearTimeout(leaving);
    warning = setTimeout(() => { idle.hidden = false; find("idle-stay").focus(); }, 28 * 60e3);
    leaving = setTimeout(end, 30 * 60e3);
  };
  const end = () => {
    idle.hidden = true;
    if (!typed) { location.replace(`${body.dataset.logIn}?ended=1&next=${location.pathname}`); return; }
    state = "idle";
    dialog.classList.add("come-back--covers");
    comeBack();
  };
  find("idle-stay").addEventListener("click", async () => { if (await look() !== "here") end(); });
  document.addEventListener("input", (event) => {
    if (event.target.form?.method !== "post" || event.target.closest("dialog")) return;
    typed = true;
    if (Date.now() - heard < 60e3) return;
    heard = Date.now();
    look(); // typing is a sign of life
  });
  document.addEventListener("kept", restart);
  restart();

  return { look };
})();
