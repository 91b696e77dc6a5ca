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
# Each address is parsed without running it, and then opened in a frame with its scripts.
OPEN_ALL = r"""([addresses, lanes]) => { window.opening = (async () => {
  const found = {opened: 0, bad: [], elements: {}, said: {}};
  const note = (address, what) => what.forEach(one => found.bad.push(`${address}: ${one}`));
  const lane = async () => {
    const frame = document.createElement("iframe");
    frame.style.display = "none";
    document.body.append(frame);
    while (addresses.length) {
      const address = addresses.shift();
      const text = await (await fetch(address)).text();
      const whole = new DOMParser().parseFromString(text, address.endsWith(".svg") ? "image/svg+xml" : "text/html");
      note(address, look(whole));
      const content = whole.querySelector("article");
      if (content) {
        content.querySelectorAll("*").forEach(e => { found.elements[e.localName] = address; });
        for (const match of content.textContent.matchAll(/XSS\((\d+)\)/g)) found.said[match[1]] = true;
      }
      await new Promise(done => { frame.onload = done; frame.src = address; });
      note(address, look(frame.contentDocument));
      found.opened += 1;
    }
  };
  await Promise.all(Array.from({length: lanes}, lane));
  return found;
})(); }"""
