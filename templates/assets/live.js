/* Part of `archgen serve`, which adds it to every page: asks for newer builds, and puts what has changed into the page that is open. */
(function () {
  "use strict";
  const own = document.currentScript;
  const STATE = own.dataset.state;
  const AGAIN = 50, LATER = 1000; /* milliseconds until the next request, and after one that failed */
  /* The parts of a page that a model decides. If anything else differs, such as a script, the page is loaded again. */
  const PARTS = [
    "[data-md-component=skip]", "[data-md-component=header-title]", "[data-md-component=tabs]", ".md-sidebar--primary", ".md-sidebar--secondary",
    "[data-md-component=content]", ".md-footer",
  ];
  const IN_HEAD = "title, meta[name=description], link[rel=prev], link[rel=next], link[rel=canonical]";
  const SCROLLERS = ".md-sidebar__scrollwrap, .ag-scroll, .md-typeset__scrollwrap, pre > code";
  const INSTANTLY = "instant";
  let shown = facts_of(own);
  let seen = Number(own.dataset.builds);
  let asking = null;
  let old = null; /* this page as the server sent it, without what scripts have changed */

  function facts_of(script) {
    return { site: Number(script.dataset.site), early: Number(script.dataset.early), look: script.dataset.look };
  }

  /* -- asking -------------------------------------------------------------------------------------------------- */

  async function ask() {
    asking = new AbortController();
    try {
      const query = new URLSearchParams({ seen: seen, early: shown.early });
      if (document.visibilityState === "visible") {
        query.append("page", location.pathname);
        pictures_on_show().forEach(function (path) { query.append("page", path); });
      }
      const answer = await (await fetch(STATE + "?" + query, { signal: asking.signal })).json();
      seen = answer.builds;
      if (answer.site !== shown.site || answer.early !== shown.early) await renew();
      show(answer.problems);
      setTimeout(ask, AGAIN);
    } catch (error) {
      setTimeout(ask, error.name === "AbortError" ? AGAIN : LATER);
    }
  }

  /* The files of the pictures that a reader has chosen, so that these are made first. */
  function pictures_on_show() {
    return Array.from(document.querySelectorAll("figure[data-files]")).filter(function (figure) {
      return figure.checkVisibility();
    }).map(function (figure) {
      const values = Array.from(figure.querySelectorAll(".ag-bar select:not([data-compare])")).map(function (select) { return select.value; });
      const file = JSON.parse(figure.dataset.files)[values.join(" ")];
      return file ? new URL(file, document.baseURI).pathname : "";
    }).filter(Boolean).slice(0, 4);
  }

  function tell() {
    if (asking) asking.abort();
  }

  function show(text) {
    let box = document.getElementById("archgen-problems");
    if (!text) {
      if (box) box.remove();
      return;
    }
    if (!box) {
      box = document.createElement("pre");
      box.id = "archgen-problems";
      box.setAttribute("role", "alert");
      box.style.cssText = "position:fixed;inset:auto 0 0 0;max-height:50vh;overflow:auto;margin:0;padding:1rem;z-index:99;" +
        "background:#2b0d0d;color:#ffe9e6;font:13px/1.5 monospace;white-space:pre-wrap;border-top:3px solid #ff6b5e";
      document.body.append(box);
    }
    box.textContent = text;
  }

  /* -- a newer page ---------------------------------------------------------------------------------------------- */

  async function fetch_page() {
    const answer = await fetch(location.pathname + location.search);
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  }

  async function renew() {
    const fresh = await fetch_page();
    const script = fresh && fresh.getElementById(own.id);
    if (!script || !old || !window.document$ || !window.document$.next || !fits(fresh, script)) {
      location.reload();
      return new Promise(function () {}); /* nothing more happens on this page */
    }
    const facts = facts_of(script);
    const differs = parts_of(fresh).some(function (part, n) { return part.outerHTML !== parts_of(old)[n].outerHTML; });
    if (differs) replace(fresh);
    else document.dispatchEvent(new CustomEvent("archgen:renew"));
    old = fresh;
    shown = facts;
  }

  function parts_of(page) {
    return PARTS.flatMap(function (selector) { return Array.from(page.querySelectorAll(selector)); });
  }

  /* Whether a newer page differs from this one only in the parts that can be replaced. */
  function fits(fresh, script) {
    return script.dataset.look === shown.look && around(fresh) === around(old) && PARTS.every(function (selector) {
      return fresh.querySelectorAll(selector).length === document.querySelectorAll(selector).length;
    });
  }

  function around(page) {
    const copy = page.documentElement.cloneNode(true);
    copy.querySelectorAll("#" + own.id + ", " + IN_HEAD).forEach(function (node) { node.remove(); });
    parts_of(copy).forEach(function (part) { part.replaceWith(document.createElement("i")); });
    return copy.outerHTML.replace(/\s+/g, " ");
  }

  function replace(fresh) {
    const state = remember();
    const before = parts_of(old);
    const next = parts_of(fresh);
    parts_of(document).forEach(function (part, n) {
      /* The theme's scripts set up the content again in any case, so it must be as the server sent it. */
      if (next[n].outerHTML === before[n].outerHTML && !part.matches("[data-md-component=content]")) return;
      const made = document.importNode(next[n], true);
      part.replaceWith(made);
      run_scripts(made);
    });
    document.title = fresh.title;
    recall_choices(state);
    window.document$.next(document);
    recall(state);
  }

  function run_scripts(part) {
    part.querySelectorAll("script").forEach(function (script) { /* those that a parser has made do not run */
      const copy = document.createElement("script");
      Array.from(script.attributes).forEach(function (attribute) { copy.setAttribute(attribute.name, attribute.value); });
      copy.textContent = script.textContent;
      script.replaceWith(copy);
    });
  }

  /* -- what a reader has set --------------------------------------------------------------------------------------- */

  function remember() {
    const detail = {};
    const active = document.activeElement;
    const state = {
      place: place(),
      scrolled: named(SCROLLERS, position_name).map(function (pair) { return [pair[0], pair[1].scrollLeft, pair[1].scrollTop]; }),
      tabs: named(".md-content .tabbed-set", tab_names).map(function (pair) { return [pair[0], inputs_of(pair[1]).findIndex(is_checked)]; }),
      folds: named(".md-content details", fold_name).map(function (pair) { return [pair[0], pair[1].open]; }),
      toggles: named("input.md-toggle", id_of).map(function (pair) { return [pair[0], pair[1].checked]; }),
      tables: named(".ag-sort", position_name).map(function (pair) { return [pair[0], table_state(pair[1])]; }),
      focus: active && active.closest("[data-md-component=content]") ? [active.localName, all_of(active.localName).indexOf(active)] : null,
      detail: detail,
    };
    document.dispatchEvent(new CustomEvent("archgen:leave", { detail: detail }));
    return state;
  }

  function recall_choices(state) {
    each(".md-content .tabbed-set", tab_names, state.tabs, function (set, chosen) {
      const input = inputs_of(set)[chosen];
      if (input) input.checked = true;
    });
    each(".md-content details", fold_name, state.folds, function (fold, open) { fold.open = open; });
    each("input.md-toggle", id_of, state.toggles, function (input, checked) { input.checked = checked; });
  }

  function recall(state) {
    recall_choices(state);
    each(".ag-sort", position_name, state.tables, recall_table);
    document.dispatchEvent(new CustomEvent("archgen:return", { detail: state.detail }));
    each(SCROLLERS, position_name, state.scrolled, function (box, left, top) {
      box.scrollTo({ left: left, top: top, behavior: INSTANTLY });
    });
    const focused = state.focus && all_of(state.focus[0])[state.focus[1]];
    if (focused) focused.focus({ preventScroll: true });
    return_to(state.place);
  }

  /* The last element with an ID above the upper third of the window, and where it is: what is above it may become longer. */
  function place() {
    const above = Array.from(document.querySelectorAll(".md-content [id]:not(svg *)")).filter(function (node) {
      return node.checkVisibility() && node.getBoundingClientRect().top < window.innerHeight / 3;
    }).pop();
    return { y: window.scrollY, id: above ? above.id : "", top: above ? above.getBoundingClientRect().top : 0 };
  }

  function return_to(at) {
    window.scrollTo({ top: at.y, behavior: INSTANTLY });
    const node = at.y > 0 && at.id ? document.getElementById(at.id) : null;
    if (node) window.scrollBy({ top: node.getBoundingClientRect().top - at.top, behavior: INSTANTLY });
  }

  function table_state(block) {
    const heads = Array.from(block.querySelectorAll("th"));
    const sorted = heads.findIndex(function (head) { return head.hasAttribute("aria-sort"); });
    return {
      values: Array.from(block.querySelectorAll(".ag-search :is(input, select)")).map(function (control) { return control.value; }),
      sorted: sorted,
      down: sorted >= 0 && heads[sorted].getAttribute("aria-sort") === "descending",
    };
  }

  function recall_table(block, state) {
    block.querySelectorAll(".ag-search :is(input, select)").forEach(function (control, n) {
      if (!state.values[n] || control.value === state.values[n]) return;
      control.value = state.values[n];
      control.dispatchEvent(new Event(control.localName === "select" ? "change" : "input"));
    });
    const button = state.sorted >= 0 && block.querySelectorAll("th .ag-order")[state.sorted];
    if (!button) return;
    button.click();
    if (state.down) button.click();
  }

  /* Elements with a name, which must be the same in the newer page; equal names are numbered. */
  function named(selector, name_of) {
    const count = new Map();
    return Array.from(document.querySelectorAll(selector)).map(function (node) {
      const name = name_of(node);
      count.set(name, (count.get(name) || 0) + 1);
      return [name + " " + count.get(name), node];
    });
  }

  function each(selector, name_of, rows, act) {
    const values = new Map(rows.map(function (row) { return [row[0], row.slice(1)]; }));
    named(selector, name_of).forEach(function (pair) {
      if (values.has(pair[0])) act(pair[1], ...values.get(pair[0]));
    });
  }

  function position_name(node) { return node.classList[0] || node.localName; }
  function tab_names(set) { return Array.from(set.querySelectorAll(":scope > .tabbed-labels > label")).map(text_of).join("|"); }
  function fold_name(fold) { return fold.firstElementChild ? text_of(fold.firstElementChild) : ""; }
  function id_of(node) { return node.id; }
  function text_of(node) { return node.textContent.trim(); }
  function is_checked(input) { return input.checked; }
  function inputs_of(set) { return Array.from(set.querySelectorAll(":scope > input")); }
  function all_of(name) { return Array.from(document.querySelectorAll("[data-md-component=content] " + name)); }

  /* -- begin ----------------------------------------------------------------------------------------------------- */

  async function start() {
    const fresh = await fetch_page().catch(function () { return null; });
    const script = fresh && fresh.getElementById(own.id);
    const same = script && script.dataset.site === own.dataset.site && script.dataset.early === own.dataset.early;
    if (script && !same) { /* it was built again in the meantime */
      location.reload();
      return;
    }
    old = fresh;
    own.dataset.ready = "yes";
    document.addEventListener("visibilitychange", tell);
    document.addEventListener("change", tell);
    ask();
  }

  show(own.dataset.problems);
  start();
})();
