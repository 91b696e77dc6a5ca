"""What runs in Chromium on pages with hostile texts: it notes what fires, and looks for everything that could."""

from __future__ import annotations

MARKER = "window.XSS = number => console.log(`XSS ${number}`)"
CONTROLS = {"XSS 900001", "XSS 900002"}  # what the control page runs when it opens
# What looking at it finds: an address with code need not have run.
SUSPECT = {"svg onload=XSS(900001)", "img onerror=XSS(900002)", "a href=javascript:XSS(900004)"}
# Allowed in the content of a page.
ELEMENTS = {
    "a", "abbr", "article", "br", "button", "code", "div", "details", "em", "figcaption", "figure", "h1", "h2", "h3",
    "img", "input", "label", "li", "nav", "ol", "option", "p", "pre", "select", "small", "span", "strong", "summary",
    "table", "tbody", "td", "th", "thead", "tr", "ul", "svg", "title", "desc", "defs", "symbol", "image", "marker",
    "path", "g", "rect", "text", "tspan", "use",
}  # fmt: skip

# Everything suspicious below a node, shadow trees included: handlers, addresses with code, nested documents.
LOOK = r"""
window.look = node => {
  const bad = [];
  for (const e of node.querySelectorAll("*")) {
    for (const a of e.attributes) {
      if (/^on/i.test(a.name)) bad.push(`${e.localName} ${a.name}=${a.value}`);
      if (!/(href|src|action|data|poster)$/i.test(a.name)) continue;
      const value = a.value.replace(/[\u0000-\u0020]/g, "");
      const image = /^data:image\/png;base64,/.test(value);
      if (!image && /^(javascript|vbscript|data):/i.test(value)) bad.push(`${e.localName} ${a.name}=${a.value}`);
    }
    if (/^(iframe|frame|object|embed|base|foreignobject|animate|set)$/i.test(e.localName) || e.srcdoc) bad.push(e.localName);
    if (e.localName === "script" && !e.src && e.textContent.includes("XSS(")) bad.push("script");
    if (e.shadowRoot) bad.push(...look(e.shadowRoot));
  }
  return bad;
};
"""
# What decides which code of a script reaches a payload: its form, its attribute, and for the elements around it their names, classes and
# attributes, the heading of their column, the number of columns, and, for the nearest, the elements beside them. The number of a payload
# and the words before it are left out. Scripts can also look for an element without a payload, so each kind of element is a place, too.
PLACES = r"""
window.places = page => {
  const form = text => text.replace(/^[^<‹]*(?=[<‹]svg onload=XSS)/, "").replace(/\d+/g, "");
  const shape = e => `${e.localName}.${e.getAttribute("class")}[${e.getAttributeNames().sort().join(" ")}]`;
  const known = new Map();
  const beside = e => {
    const parent = e.parentElement;
    if (!known.has(parent)) known.set(parent, parent ? [...new Set([...parent.children].map(shape))].sort().join() : "");
    return known.get(parent);
  };
  const heading = e => {
    const heads = e.matches("td, th") ? e.closest("table")?.rows[0].cells : null;
    return heads?.[e.cellIndex] ? `${form(heads[e.cellIndex].textContent.trim())} of ${heads.length}` : "";
  };
  const around = e => {
    let found = "";
    for (let outer = e, near = 3; outer; outer = outer.parentElement, near -= 1)
      found += `${shape(outer)} ${heading(outer)} ${outer.getAttribute("data-filter")} ${near > 0 ? beside(outer) : ""}\n`;
    return found;
  };
  const found = new Set();
  for (const e of page.querySelectorAll("*")) {
    found.add(shape(e));
    const said = [...e.attributes].filter(a => a.value.includes("XSS(")).map(a => `${a.name}=${form(a.value)}`);
    for (const part of e.childNodes) if (part.nodeType !== 1 && part.data.includes("XSS(")) said.push(form(part.data));
    if (said.length) said.forEach(one => found.add(around(e) + one));
  }
  return found;
};
"""
# Each address is parsed without running it, and then opened in a frame with its scripts. Opening takes six times as long as parsing. So
# `fresh` leaves out a page if each of its places is on a page before it in this tab, or on the page at the same address of the edition
# `other`, where `base` is the address of this edition.
OPEN_ALL = r"""([addresses, lanes, {fresh, base, other}]) => { window.opening = (async () => {
  const found = {parsed: 0, opened: 0, bad: [], elements: {}, said: {}}, known = new Set();
  const parse = (address, text) => new DOMParser().parseFromString(text, address.endsWith(".svg") ? "image/svg+xml" : "text/html");
  const isKnown = async (address, whole) => {
    let unknown = [...places(whole)].filter(place => !known.has(place));
    const twin = unknown.length && other ? await fetch(address.replace(base, other)) : null;
    if (twin?.ok) {
      const there = places(parse(address, await twin.text()));
      unknown = unknown.filter(place => !there.has(place));
    }
    unknown.forEach(place => known.add(place));
    return !unknown.length;
  };
  const note = (address, what) => what.forEach(one => found.bad.push(`${address}: ${one}`));
  const lane = async () => {
    const frame = document.createElement("iframe");
    frame.style.display = "none";
    document.body.append(frame);
    while (addresses.length) {
      const address = addresses.shift();
      const text = await (await fetch(address)).text();
      const whole = parse(address, text);
      note(address, look(whole));
      const content = whole.querySelector("article");
      if (content) {
        content.querySelectorAll("*").forEach(e => { found.elements[e.localName] = address; });
        for (const match of content.textContent.matchAll(/XSS\((\d+)\)/g)) found.said[match[1]] = true;
      }
      found.parsed += 1;
      if (fresh && await isKnown(address, whole)) continue;
      await new Promise(done => { frame.onload = done; frame.src = address; });
      note(address, look(frame.contentDocument));
      found.opened += 1;
    }
  };
  await Promise.all(Array.from({length: lanes}, lane));
  return found;
})(); }"""
