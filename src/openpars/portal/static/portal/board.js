// Keeps the board live. An event says only that something changed; the rows are then fetched anew, as a look
// that is recorded like every other. Between events nothing is fetched: only the clocks run on.
"use strict";

(() => {
  const rows = document.getElementById("rows");
  const outOfTouch = document.getElementById("out-of-touch");
  const SILENCE = 25e3; // the server says something at least each 10 s
  let heard = Date.now();
  let changed = null;
  let waiting = null;

  const asOf = () => new Date(document.getElementById("live")?.dataset.asOf || Date.now());
  const cityTime = () => asOf().toLocaleTimeString("en-US", { timeZone: rows.dataset.zone });
  let skew = asOf() - Date.now(); // a demonstration's clock may stand elsewhere

  const ago = (ms) => {
    const s = Math.max(0, Math.round(ms / 1000));
    return s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min` : `${Math.floor(s / 3600)} h`;
  };

  const tick = () => {
    const now = Date.now();
    const lost = now - heard > SILENCE;
    outOfTouch.hidden = !lost;
    const live = document.getElementById("live");
    if (lost) document.getElementById("as-of-words").textContent = cityTime();
    if (live) {
      live.textContent = lost ? `Not live. As of ${cityTime()}`
        : changed ? `Live, last change ${ago(now - changed)} ago` : `Live, no change since ${cityTime()}`;
      live.classList.toggle("live--lost", lost);
    }
    rows.querySelectorAll("tr[data-arrested]").forEach((row) => {
      const minutes = Math.floor((now + skew - new Date(row.dataset.arrested)) / 60e3);
      row.querySelector(".clock__time").textContent = `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
      row.querySelector(".clock__fill").setAttribute("width", Math.min(240, Math.round(minutes / 12)));
    });
  };

  const filter = () => {
    const form = document.getElementById("filters");
    if (!form) return;
    const stage = form.elements.stage.value;
    const district = form.elements.district?.value || "";
    let shown = 0, all = 0;
    rows.querySelectorAll("tr[data-arrested]").forEach((row) => {
      all += 1;
      row.hidden = Boolean((stage && row.dataset.stage !== stage) || (district && row.dataset.district !== district));
      shown += row.hidden ? 0 : 1;
    });
    document.getElementById("f-count").textContent = stage || district ? `${shown} of ${all} shown` : "";
  };

  const facts = () => new Map([...rows.querySelectorAll("tr[data-arrested]")].map((row) => [row.id, {
    stage: row.dataset.stage, district: row.dataset.district, charge: row.cells[2].textContent.trim(),
  }]));

  const tellChanges = (before) => {
    rows.querySelectorAll("tr[data-arrested]").forEach((row) => {
      const old = before.get(row.id);
      const what = !old ? "new" : old.stage !== row.dataset.stage ? `now ${row.dataset.stage}`
        : old.charge !== row.cells[2].textContent.trim() ? "charge changed" : "";
      if (!what) return;
      const note = row.querySelector(".what-changed");
      note.textContent = what;
      note.hidden = false;
      row.classList.add("glows");
    });
  };

  const prepare = () => {
    const apply = document.getElementById("f-apply");
    if (apply) apply.hidden = true;
    window.addCopyButtons(rows);
    filter();
    tick();
  };

  const refetch = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      htmx.ajax("GET", rows.dataset.rows, { target: rows, swap: "innerHTML", headers: { "X-Fetched-By-Page": "1" } });
    }, 300);
  };

  let before = null;
  let kept = null;
  document.addEventListener("htmx:beforeSwap", () => {
    before = facts();
    const form = document.getElementById("filters");
    kept = form && { stage: form.elements.stage.value, district: form.elements.district?.value, focus: document.activeElement?.id };
  });
  document.addEventListener("htmx:afterSwap", () => {
    const form = document.getElementById("filters");
    if (form && kept) {
      form.elements.stage.value = kept.stage;
      if (form.elements.district) form.elements.district.value = kept.district;
      if (kept.focus) document.getElementById(kept.focus)?.focus();
    }
    changed = Date.now();
    skew = asOf() - Date.now();
    tellChanges(before);
    prepare();
  });
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 401 || event.detail.xhr.status === 403) leave();
    else heard = 0;
  });

  const leave = () => location.replace(`${document.body.dataset.logIn}?ended=1`);

  rows.addEventListener("change", (event) => { if (event.target.closest("#filters")) filter(); });
  rows.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.target.closest("select, input")) return;
    const list = [...rows.querySelectorAll("tr[data-arrested]:not([hidden])")];
    const next = list[list.indexOf(document.activeElement.closest("tr")) + step];
    if (next) { event.preventDefault(); next.focus(); }
  });

  const stream = new EventSource(rows.dataset.events, { withCredentials: true });
  const alive = () => { heard = Date.now(); };
  stream.addEventListener("open", alive);
  stream.addEventListener("still-here", alive);
  stream.addEventListener("changed", () => { alive(); refetch(); });
  stream.addEventListener("missed", () => { alive(); refetch(); });
  stream.addEventListener("ended", () => { stream.close(); leave(); });

  prepare();
  setInterval(tick, 1000);
})();
