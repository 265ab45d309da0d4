// Keeps a list live: the board, the charging queue, interviews, hearings, clients. An event says only which arrests
// changed, by their ids; just their rows are then fetched, as a look that is recorded like every other, and set, changed
// or taken away where they belong. Between events nothing is fetched: only the clocks run on. What may have been missed
// is made good by fetching the whole list.
"use strict";

(() => {
  const rows = document.getElementById("rows");
  const outOfTouch = document.getElementById("out-of-touch");
  const find = (id) => document.getElementById(id);
  if (!find("board")) return;
  const SILENCE = 25e3; // the server says something at least each 10 s
  const MARKS = [6, 12, 20, 36, 48];
  const latest = "latest" in find("board").dataset; // first, not the longest clock
  const MOST = 200; // ids in one address; more are the whole list
  const FILTERS = [...document.querySelectorAll("#filters select")].map((select) => select.name);
  let heard = Date.now();
  let changed = null;
  let failed = false;
  let skew = new Date(find("live").dataset.asOf) - Date.now(); // a demonstration's clock may stand elsewhere
  const all = () => [...rows.querySelectorAll("tr[data-arrested]")];
  const cityTime = () => new Date(find("live").dataset.asOf).toLocaleTimeString("en-US", { timeZone: rows.dataset.zone });

  const ago = (ms) => {
    const s = Math.max(0, Math.round(ms / 1000));
    return s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min` : `${Math.floor(s / 3600)} h`;
  };

  // -- what runs by itself: clocks, marks, alarms, counts

  const minutesOf = (row, now) => Math.max(0, Math.floor((now + skew - new Date(row.dataset.arrested)) / 60e3));

  const run = (row, now) => {
    const minutes = minutesOf(row, now);
    const mark = MARKS.findLast((hours) => minutes >= hours * 60) || 0;
    const clock = row.querySelector(".clock");
    const time = `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
    if (!clock) {
      const age = row.querySelector(".age");
      if (age) age.textContent = time;
      return;
    }
    if (clock.querySelector(".clock__time").textContent === time) return;
    clock.className = `clock clock--past-${mark}`;
    const words = mark ? `past ${mark} h` : `under ${MARKS[0]} h`;
    clock.querySelector(".clock__time").textContent = time;
    clock.querySelector(".clock__words").textContent = words;
    clock.querySelector("title").textContent = `${time} since arrest, ${words}; ${row.dataset.stage}`;
    clock.querySelector(".clock__fill").setAttribute("width", Math.min(240, Math.round(minutes / 12)));
  };

  const count = (now) => {
    const counted = all().filter((row) => !row.dataset.apart);
    const apart = all().filter((row) => row.dataset.apart).map((row) => row.dataset.apart);
    const clocked = counted.filter((row) => row.querySelector(".clock, .age"));
    const overdue = counted.filter((row) => row.dataset.due && new Date(row.dataset.due) <= now + skew).length;
    const minutes = clocked.map((row) => minutesOf(row, now));
    // A list of the latest holds people whose clocks have stopped: they are not counted by them.
    const late = latest ? [] : MARKS.slice(1).map((hours) => [minutes.filter((each) => each >= hours * 60).length, hours]);
    const untouched = rows.querySelectorAll(".alarm:not([hidden])").length;
    const line = [`${counted.length} ${find("count").dataset.words}`, ...late.filter(([n]) => n).map(([n, hours]) => `${n} past ${hours} h`)];
    new Set(apart).forEach((words) => line.push(`${apart.filter((each) => each === words).length} ${words}`));
    if (untouched) line.push(`${untouched} untouched`);
    if (overdue) line.push(`${overdue} overdue`);
    if (find("count").textContent !== line.join(" · ")) find("count").textContent = line.join(" · ");
  };

  const tick = () => {
    const now = Date.now();
    const lost = failed || now - heard > SILENCE;
    outOfTouch.hidden = !lost;
    rows.classList.toggle("rows--lost", lost);
    find("live").classList.toggle("live--lost", lost);
    if (lost) {
      find("as-of-words").textContent = cityTime();
      find("live").textContent = `Not live. As of ${cityTime()}`;
      return; // what is shown stays as of then, its clocks too
    }
    find("live").textContent = changed ? `Live, last change ${ago(now - changed)} ago` : `Live, no change since ${cityTime()}`;
    all().forEach((row) => run(row, now));
    rows.querySelectorAll(".alarm[hidden]").forEach((alarm) => { alarm.hidden = new Date(alarm.dataset.from) > now + skew; });
    count(now);
  };

  // -- filters

  const filter = () => {
    find("board").hidden = !all().length;
    find("nobody").hidden = Boolean(all().length);
    const form = find("filters");
    if (!form) return;
    form.hidden = !all().length;
    const wanted = FILTERS.map((name) => [name, form.elements[name].value]).filter(([, value]) => value);
    all().forEach((row) => { row.hidden = wanted.some(([name, value]) => row.dataset[name] !== value); });
    const shown = all().filter((row) => !row.hidden).length;
    find("f-count").textContent = wanted.length ? `${shown} of ${all().length} shown` : "";
  };

  const offer = () => FILTERS.forEach((name) => {
    const select = find("filters").elements[name];
    const there = new Set([...select.options].map((option) => option.value || option.text));
    const here = [...new Set(all().map((row) => row.dataset[name]))].filter((word) => word && !there.has(word)).sort();
    here.forEach((word) => select.add(new Option(word)));
  });

  // -- what came: rows set in their place, each saying once what changed

  const text = (row, selector) => row.querySelector(selector)?.textContent.trim();

  const nameOf = (row) => (row.querySelector("th a, th button") || row.cells[0].firstChild).textContent.trim();

  const difference = (old, row, within) => {
    if (!old) return "new";
    if (old.parentNode !== within) return "listed anew";
    if (old.dataset.state !== row.dataset.state) return `now ${row.dataset.state}`;
    if (old.dataset.stage !== row.dataset.stage) return `now ${row.dataset.stage}`;
    if (text(old, ".board__charge") !== text(row, ".board__charge")) return "charge changed";
    if (text(old, ".board__duty") !== text(row, ".board__duty")) return `next: ${text(row, ".board__duty span") || text(row, ".board__duty")}`;
    return nameOf(old) !== nameOf(row) ? "name changed" : "";
  };

  // The part of the table that a row belongs to: that of its session, made where it is not there yet.
  const part = (of) => {
    const parts = [...find("board").tBodies];
    const here = parts.find((each) => each.dataset.group === of.dataset.group);
    if (here) return here;
    const made = document.importNode(of, true);
    made.querySelectorAll("tr[data-arrested]").forEach((row) => row.remove());
    find("board").insertBefore(made, parts.find((each) => each.dataset.group > made.dataset.group) || null);
    return made;
  };

  const place = (row, within) => {
    const key = (each) => [new Date(each.dataset.arrested).getTime(), each.id];
    const [at, id] = key(row);
    const others = [...within.querySelectorAll("tr[data-arrested]")];
    const follows = (its, name) => (latest ? its < at : its > at) || (its === at && name > id);
    const after = others.find((each) => follows(...key(each)));
    within.insertBefore(row, after || null);
  };

  const show = (came) => {
    const within = part(came.closest("tbody"));
    const row = document.adoptNode(came);
    const old = find(row.id);
    const what = difference(old, row, within);
    const said = old?.querySelector(".what-changed:not([hidden])")?.textContent; // one commit may tell of a row twice
    const focused = old && old.contains(document.activeElement);
    old?.remove();
    place(row, within);
    if (focused) row.focus();
    window.addCopyButtons(row);
    if (!(what || said)) return;
    const note = row.querySelector(".what-changed");
    note.textContent = what || said;
    note.hidden = false;
    if (what) row.classList.add("glows");
  };

  const take = (answer, ids) => {
    const came = answer.getElementById("board");
    if (!came) { location.reload(); return; } // the list is not permitted any more: let the page say so
    const fresh = [...came.querySelectorAll("tr[data-arrested]")];
    const kept = new Set(fresh.map((row) => row.id));
    const asked = ids && new Set(ids.map((id) => `a-${id}`));
    all().filter((row) => !kept.has(row.id) && (!asked || asked.has(row.id))).forEach((row) => row.remove());
    fresh.forEach(show);
    find("board").querySelectorAll("tbody[data-group]").forEach((each) => { if (!each.querySelector("tr[data-arrested]")) each.remove(); });
    find("live").dataset.asOf = answer.getElementById("live").dataset.asOf;
    find("receipt").href = answer.getElementById("receipt").getAttribute("href");
    skew = new Date(find("live").dataset.asOf) - Date.now();
    changed = Date.now();
    failed = false;
    offer();
    filter();
    tick();
  };

  // -- fetching: one look at a time; what changes meanwhile waits for the next

  const leave = () => location.replace(`${document.body.dataset.logIn}?ended=1&next=${location.pathname}`);
  let whole = false;
  let waiting = new Set();
  let asking = false;

  const ask = async () => {
    if (asking || !(whole || waiting.size)) return;
    const ids = whole || waiting.size > MOST ? null : [...waiting];
    asking = true;
    whole = false;
    waiting = new Set();
    try {
      const answer = await fetch(rows.dataset.rows + (ids ? `?only=${ids.join(",")}` : ""), {
        headers: { "X-Fetched-By-Page": "1" }, redirect: "manual", signal: AbortSignal.timeout(15e3),
      });
      if (answer.type === "opaqueredirect" || [401, 403].includes(answer.status)) { leave(); return; }
      if (!answer.ok) throw new Error("the server did not answer");
      take(new DOMParser().parseFromString(await answer.text(), "text/html"), ids);
      asking = false;
      ask();
    } catch {
      failed = whole = true;
      tick();
      setTimeout(() => { asking = false; ask(); }, 2e3);
    }
  };

  const everything = () => { whole = true; ask(); };
  const alive = () => {
    const silent = Date.now() - heard > SILENCE;
    heard = Date.now();
    if (silent) everything();
  };

  // What changed while the page was on its way is asked for too. A stream that took longer than the second to spare
  // before it gave its first place may have begun too late for that: then everything is asked for.
  const asked = performance.now();
  const within = Math.ceil(asked / 1000) + 1;
  let placed = false;
  const heardFrom = () => {
    alive();
    if (!placed && performance.now() - asked > 1e3) everything();
    placed = true;
  };
  const stream = new EventSource(`${rows.dataset.events}?within=${within}`, { withCredentials: true });
  stream.addEventListener("open", alive);
  stream.addEventListener("still-here", heardFrom);
  stream.addEventListener("changed", (event) => {
    heardFrom();
    if (!event.data) { everything(); return; }
    event.data.split(",").forEach((id) => waiting.add(id));
    ask();
  });
  stream.addEventListener("missed", () => { heardFrom(); everything(); });
  stream.addEventListener("ended", () => { stream.close(); leave(); });
  // A browser gives a stream up that was answered with an error: then try again.
  stream.addEventListener("error", () => { if (stream.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 30e3); });

  find("filters")?.addEventListener("change", filter);
  rows.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.target.closest("select, input")) return;
    const list = all().filter((row) => !row.hidden);
    const next = list[list.indexOf(document.activeElement.closest("tr")) + step];
    if (next) { event.preventDefault(); next.focus(); }
  });

  if (find("f-apply")) find("f-apply").hidden = true;
  filter();
  tick();
  setInterval(tick, 1000);
})();
