// What is on screen, kept in the address: every view, selection and filter is a link.

const LISTS = ["open", "hide", "no", "parts"];
const DEFAULTS = {
  view: "graph", sel: "", show: "overview", open: [], hide: [], no: [],
  region: "", stage: "", tier: "", source: "", links: "", path: "", as: "",
  rows: "", under: "", sort: "", words: "", cluster: "", topic: "", field: "", unit: "",
  full: "", with: "", parts: [],
};

let now = { ...DEFAULTS };
const listeners = [];

export const state = () => now;

export function onChange(listener) {
  listeners.push(listener);
}

export function parse(hash) {
  const found = { ...DEFAULTS };
  for (const part of hash.replace(/^#/, "").split("&")) {
    const at = part.indexOf("=");
    const key = part.slice(0, at);
    if (at < 0 || !Object.hasOwn(DEFAULTS, key)) continue;
    let value = part.slice(at + 1);
    try { value = decodeURIComponent(value); } catch { continue; }
    found[key] = LISTS.includes(key) ? value.split(",").filter(Boolean) : value;
  }
  return found;
}

// Another selection is no longer a comparison, and another view is not hidden by a page at full width.
const implied = (changes) => ({ ...("sel" in changes ? { with: "" } : {}), ...("view" in changes ? { full: "" } : {}) });

export function address(changes = {}) {
  const next = { ...now, ...implied(changes), ...changes };
  const parts = Object.keys(DEFAULTS)
    .filter((key) => String(next[key]) !== String(DEFAULTS[key]))
    .map((key) => `${key}=${encodeURIComponent(String(next[key])).replaceAll("%2F", "/").replaceAll("%2C", ",")
      .replaceAll("%3A", ":")}`);
  return `#${parts.join("&")}`;
}

// A change of place is a step of the history; typing and the like replaces the step it is in.
// The state has changed when this returns: two clicks in a row build on one another.
export function go(changes, { replace = false } = {}) {
  const next = address(changes);
  if (next === (location.hash || "#")) return;
  if (!replace || !replaced(next)) location.hash = next;
  update();
}

function replaced(next) {
  try {
    history.replaceState(null, "", next);
    return true;
  } catch {
    return false; // a page in a notebook's frame has no address of its own
  }
}

export function toggle(key, value) {
  const list = now[key];
  return { [key]: list.includes(value) ? list.filter((v) => v !== value) : [...list, value] };
}

let shown = null;

function update() {
  if (location.hash === shown) return;
  shown = location.hash;
  const before = now;
  now = parse(shown);
  for (const listener of listeners) listener(now, before);
}

export function start() {
  addEventListener("hashchange", update);
  update();
}
