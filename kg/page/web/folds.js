// What the evidence panel is built of: parts that open, rows that open to their statements, lists of cards.

import { add, button, h, name } from "./dom.js";
import { card } from "./card.js";
import { GROUPS } from "./marks.js";
import { address, go, state, toggle } from "./state.js";
import { entityLink } from "./words.js";

const FIRST = 8; // cards of a group that are made at once; the rest on request

export function heading(kind, group) {
  return h("p", { class: "kind" }, group && h("span", { class: `mark ${GROUPS[group]?.shape}`, style: `--c:var(--k-${group.toLowerCase()})` }), kind);
}

// A part of a page: folded to its title and number, made when it is first opened, which the address tells.
export function part(id, title, number, make) {
  const { full, parts } = state();
  const body = h("div", { class: "body" });
  const box = h("details", { class: "part", "data-part": id, open: full === "1" || parts.includes(id) },
    h("summary", null, h("h3", null, title, " ", h("span", { class: "quiet" }, number.toLocaleString("en")))), body);
  const build = () => { if (box.open && !body.childElementCount) add(body, [make()]); };
  box.addEventListener("toggle", () => {
    build();
    const now = state();
    if (document.contains(box) && now.full !== "1" && now.parts.includes(id) !== box.open) go(toggle("parts", id), { replace: true });
  });
  build();
  return box;
}

// Some words that open to the statements behind them, and to what they are about.
export function folded(words, about_, records, data, open = false) {
  return h("details", { class: "backer", open }, h("summary", null, words, " ", h("span", { class: "quiet" }, String(records.length)), " ",
    records.some((r) => r.doubt.length) && h("span", { class: "chip flag" }, "in doubt")),
  h("p", { class: "acts" }, about_.filter(Boolean).map((entity) => entityLink(entity))), h("div", { class: "cards" }, records.map((r) => card(r, data))));
}

// The first of many, and the rest on request.
export function listed(items, box = h("div", { class: "backers" })) {
  add(box, items.slice(0, FIRST));
  if (items.length > FIRST) {
    const more = button(`Show all ${items.length}`, () => { more.remove(); add(box, items.slice(FIRST)); }, { class: "more" });
    box.append(more);
  }
  return box;
}

export function grouped(records, key) {
  const found = new Map();
  for (const record of records) found.set(key(record), [...(found.get(key(record)) ?? []), record]);
  return [...found].sort(([, a], [, b]) => b.length - a.length);
}

export function cards(title, records, data, { from = null, open = false, level = "h3" } = {}) {
  const box = h("div", { class: "cards" }, records.slice(0, FIRST).map((r) => card(r, data, { from, open })));
  if (records.length > FIRST) {
    const more = button(`Show all ${records.length}`, () => {
      more.remove();
      add(box, records.slice(FIRST).map((r) => card(r, data, { from })));
    }, { class: "more" });
    box.append(more);
  }
  return [title && h(level, { class: "said" }, title, " ", h("span", { class: "quiet" }, String(records.length))), box];
}

export const fieldLink = (field) => h("a", { href: address({ sel: field.id }) }, name(field.label));
