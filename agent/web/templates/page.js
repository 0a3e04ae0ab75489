"use strict";
// Keeps the page current without taking anything from under the reader: only the
// sections that changed are replaced, and what was opened, focused or selected stays.
(() => {
  const byId = (id) => document.getElementById(id);
  const every = Number(document.documentElement.dataset.refresh) * 1000;
  const sources = new Map();
  let age = 0;
  let loaded = 0;
  let asked = 0;
  let asking = false;
  let paused = false;
  let listening = null;
  let again = 0;
  let told = "";

  const sections = (page) => [...page.querySelectorAll("main > section, #about")];
  const remember = (section) => sources.set(section.id, section.outerHTML);
  const readAge = (page) => {
    age = Number(page.getElementById("age").dataset.age);
    loaded = performance.now();
  };

  // The same words as the server's.
  const span = (seconds) => {
    for (const [unit, name] of [[86400, "d"], [3600, "h"], [60, "min"]]) {
      if (seconds >= 2 * unit) return `${Math.floor(seconds / unit)} ${name}`;
    }
    return `${Math.floor(seconds)} s`;
  };
  const say = (element, text) => {
    if (element.textContent !== text) element.textContent = text;
  };
  const tick = () => {
    say(byId("ago"), span(age + (performance.now() - loaded) / 1000));
  };

  const isSelected = (section) => {
    const selection = getSelection();
    return !selection.isCollapsed && selection.containsNode(section, true);
  };
  const replace = (old, section) => {
    const opened = [...old.querySelectorAll("details[open]")].map((d) => d.id);
    const shifted = [...old.querySelectorAll(".wide")].map((w) => [w.id, w.scrollLeft]);
    const active = document.activeElement;
    const focused = old.contains(active) ? active.id : "";
    remember(section);
    old.replaceWith(section);
    for (const id of opened) if (byId(id)) byId(id).open = true;
    for (const [id, left] of shifted) if (byId(id)) byId(id).scrollLeft = left;
    if (focused && byId(focused)) byId(focused).focus({ preventScroll: true });
  };
  const merge = (page) => {
    const fresh = sections(page);
    const ids = fresh.map((section) => section.id);
    for (const old of sections(document)) {
      if (!ids.includes(old.id)) old.remove();
    }
    let before = null;
    for (const section of fresh) {
      const old = byId(section.id);
      if (!old) {
        remember(section);
        if (before) before.after(section);
        else document.querySelector("main").prepend(section);
      } else if (sources.get(old.id) !== section.outerHTML && !isSelected(old)) {
        replace(old, section);
      }
      before = byId(section.id);
    }
  };
  const show = (page) => {
    const anchor = sections(document).find((s) => s.getBoundingClientRect().bottom > 0);
    const top = anchor ? anchor.getBoundingClientRect().top : 0;
    const headline = byId("headline").textContent;
    merge(page);
    const kept = anchor && byId(anchor.id);
    if (kept && scrollY > 0) scrollBy(0, kept.getBoundingClientRect().top - top);
    byId("age").replaceWith(page.getElementById("age"));
    document.querySelector("link[rel=icon]").replaceWith(page.querySelector("link[rel=icon]"));
    document.title = page.title;
    if (headline !== byId("headline").textContent) say(byId("news"), page.title);
  };

  const version = (page) => page.documentElement.dataset.version;
  const news = (page) => page.documentElement.dataset.news;
  const answered = (page) => {
    if (version(page) !== version(document)) {
      location.reload(); // another agent has its own style sheet and script
      return;
    }
    byId("lost").hidden = true;
    document.documentElement.dataset.news = news(page);
    readAge(page);
    show(page);
  };
  const failed = () => {
    if (!byId("lost").hidden) return;
    const since = new Date().toISOString().slice(11, 19);
    byId("lost").hidden = false;
    say(byId("lost"), `No answer from the agent since ${since} UTC. Trying again.`);
  };
  const ask = () => {
    if (paused || document.hidden) return;
    asked = performance.now();
    asking = true;
    const request = new XMLHttpRequest();
    request.open("GET", location.pathname);
    request.responseType = "document";
    request.timeout = Math.max(every, 10000);
    request.onreadystatechange = () => {
      if (request.readyState !== 2 || request.status === 200) return;
      failed();
      request.abort();
    };
    request.onload = () => {
      const page = request.response;
      if (!page || !page.getElementById("age")) failed();
      else if (!paused) answered(page);
    };
    request.onerror = failed;
    request.ontimeout = failed;
    request.onloadend = () => { asking = false; };
    request.send();
  };

  // The agent holds its answer until there is news. Whoever does not hear of any, for
  // too many wait there or it fails, asks as seldom as for pages.
  const quick = 500;
  const listen = () => {
    clearTimeout(again);
    if (paused || document.hidden || listening) return;
    if (asking) {
      again = setTimeout(listen, quick);
      return;
    }
    const known = news(document);
    if (!known) return;
    const request = listening = new XMLHttpRequest();
    let rest = every;
    request.open("GET", "news");
    request.setRequestHeader("If-None-Match", `"${known}"`);
    request.timeout = 60000;
    request.onload = () => {
      const isNews = request.status === 200;
      if (request.status === 304 || (isNews && told !== known)) rest = quick;
      if (!isNews) return;
      told = known;
      ask();
    };
    request.onloadend = () => {
      if (listening !== request) return;
      listening = null;
      again = setTimeout(listen, rest);
    };
    request.send();
  };
  const hush = () => {
    clearTimeout(again);
    const request = listening;
    listening = null;
    if (request) request.abort();
  };

  const pause = document.createElement("button");
  pause.type = "button";
  pause.id = "pause";
  const label = (text) => {
    pause.textContent = text;
    pause.setAttribute("aria-label", `${text} updates`);
  };
  label("Pause");
  pause.addEventListener("click", () => {
    paused = !paused;
    label(paused ? "Resume" : "Pause");
    ask();
    if (paused) hush();
    else listen();
  });
  document.querySelector(".live").append(pause);

  sections(document).forEach(remember);
  readAge(document);
  setInterval(tick, 1000);
  setInterval(ask, every);
  document.addEventListener("visibilitychange", () => {
    if (performance.now() - asked >= every) ask();
    if (document.hidden) hush();
    else listen();
  });
  listen();
})();
