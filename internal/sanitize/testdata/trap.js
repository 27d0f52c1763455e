// The trap of browser_test.go: it loads pieces of HTML each into a frame of its own, and says
// what of them runs, or would if somebody clicked.
"use strict";

const together = 40; // frames at a time
const patience = 500; // milliseconds for a frame that never says that it is loaded
const harmless = new Set(["http:", "https:", "mailto:", "tel:", "sms:", "ftp:", "news:", "nntp:", "irc:", "ircs:", "xmpp:", "magnet:", "geo:", "gemini:", "gopher:"]);
const urls = ["href", "src", "action", "formaction", "data", "poster", "cite", "background", "xlink:href", "codebase", "ping", "srcdoc", "manifest", "longdesc", "usemap"];
const events = ["click", "dblclick", "mouseover", "mouseenter", "mousemove", "pointerover", "pointerenter", "focus", "focusin", "blur", "input", "change",
  "toggle", "scroll", "wheel", "drag", "drop", "copy", "paste", "keydown", "animationstart", "transitionend", "error", "load", "begin", "submit"];

// set puts the trap's own functions where scripts look for theirs.
function set(w, caught) {
  for (const name of ["alert", "confirm", "prompt", "print", "open", "fetch", "eval", "postMessage", "importScripts", "setTimeout", "setInterval", "Function", "Image", "XMLHttpRequest", "WebSocket", "EventSource", "Worker"]) {
    try {
      w[name] = function () { caught("runs: " + name); return ""; };
    } catch { /* a frame that went elsewhere */ }
  }
  try {
    w.navigator.sendBeacon = () => caught("runs: sendBeacon");
    w.document.write = () => caught("runs: document.write");
    w.onerror = (message) => { caught("runs, and fails: " + message); return true; };
    w.addEventListener("securitypolicyviolation", () => caught("breaks a policy"));
  } catch { /* as above */ }
}

// look says what in a document would run on some occasion.
function look(doc, caught) {
  const probe = document.createElement("a");
  for (const e of doc.querySelectorAll("*")) {
    for (const a of e.attributes) {
      const name = a.name.toLowerCase();
      if (name.startsWith("on")) caught("has " + name);
      if (name === "style" || name === "srcdoc" || name === "is" || name === "id" || name === "name" && e.localName !== "meta") caught("has " + name);
      if (!urls.includes(name) && name !== "srcset") continue;
      for (const part of name === "srcset" ? a.value.split(",") : [a.value]) {
        probe.href = part.trim();
        if (harmless.has(probe.protocol)) continue;
        if (e.localName === "img" && /^data:image\/(png|jpeg|gif|webp|avif)[;,]/i.test(part)) continue;
        if (probe.protocol === ":" || probe.protocol === "") continue; // no URL at all
        caught("has " + name + "=" + part.slice(0, 60));
      }
    }
    if (["script", "style", "iframe", "frame", "object", "embed", "form", "input", "button", "textarea", "select", "meta", "link", "base", "template",
      "foreignobject", "use", "animate", "set", "animatemotion", "animatetransform", "annotation-xml", "handler"].includes(e.localName.toLowerCase()) &&
      !(e.localName === "head")) caught("has <" + e.localName + ">");
  }
}

// stir does to each element what readers and browsers do.
function stir(w) {
  const stop = (ev) => ev.preventDefault(); // stay here
  w.document.addEventListener("click", stop);
  for (const e of w.document.body ? w.document.body.querySelectorAll("*") : []) {
    for (const name of events) e.dispatchEvent(new w.Event(name, { bubbles: false, cancelable: true }));
  }
}

function loaded(frame, begin) {
  return new Promise((done) => {
    const late = setTimeout(done, patience);
    frame.addEventListener("load", () => { clearTimeout(late); done(); });
    begin();
  });
}

function pictures(doc) {
  return Promise.all([...doc.images].filter((i) => !i.complete && i.loading !== "lazy").map((i) => new Promise((done) => {
    i.addEventListener("load", done);
    i.addEventListener("error", done);
    setTimeout(done, patience);
  })));
}

async function one(html, index, result) {
  const seen = new Set();
  const caught = (what) => {
    if (!seen.has(what)) {
      seen.add(what);
      result.push({ Index: index, What: what });
    }
  };
  const frame = document.createElement("iframe");
  document.body.append(frame);
  try {
    // As a page.
    const write = document.write;
    await loaded(frame, () => {
      const w = frame.contentWindow, doc = frame.contentDocument;
      doc.open();
      set(w, caught);
      write.call(doc, "<!doctype html><title></title><body><div>" + html + "</div><p>after</p>");
      doc.close();
    });
    const w = frame.contentWindow, doc = frame.contentDocument;
    if (!doc || !w.location.href.startsWith(location.origin) && w.location.href !== "about:blank") {
      caught("goes elsewhere");
      return;
    }
    const head = doc.querySelector("title");
    if (head) head.remove();
    look(doc, caught);
    stir(w);
    // Put into a page, then written and read again, twice.
    const div = doc.createElement("div");
    doc.body.append(div);
    div.innerHTML = html;
    for (let i = 0; i < 2; i++) {
      await pictures(doc);
      look(doc, caught);
      stir(w);
      div.innerHTML = div.innerHTML;
      doc.body.innerHTML = doc.body.innerHTML;
    }
    await pictures(doc);
    look(doc, caught);
    stir(w);
  } catch (e) {
    caught("breaks the trap: " + e);
  } finally {
    frame.remove();
  }
}

async function load() {
  const list = await (await fetch("/list")).json();
  const result = [];
  window.addEventListener("message", (ev) => { window.spilled = window.spilled || ev.data === "spilled"; });
  for (let i = 0; i < list.length; i += together) {
    await Promise.all(list.slice(i, i + together).map((html, n) => one(html, i + n, result)));
    if (window.spilled) {
      result.push({ Index: i, What: "runs in the page around it" });
      window.spilled = false;
    }
  }
  return result;
}
