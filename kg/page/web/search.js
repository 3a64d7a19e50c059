// Search over names in both languages, aliases, printed forms and quotes; the keyboard comes first.

import { fill, h, name } from "./dom.js";
import { go } from "./state.js";

const MOST = 12;

export const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

// The entity of that very name, in either language, an alias or a printed form.
export function exact(entities, text) {
  const words = fold(text.trim());
  return entities.find((e) => fold(e.label) === words || e.zh === text.trim() || e.names.some((n) => fold(n.text) === words));
}

// Entities whose name holds the words, those with most neighbours first.
export function suggestions(entities, text) {
  const words = fold(text.trim());
  return words ? entities.filter((e) => fold(e.label).includes(words) || e.zh.includes(text.trim()))
    .sort((x, y) => Number(fold(y.label).startsWith(words)) - Number(fold(x.label).startsWith(words)) || y.near.size - x.near.size).slice(0, 12) : [];
}

// How alike two folded names are, by the pairs of letters that they share (Dice's coefficient).
function likeness(one, other) {
  const pairs = (text) => new Set(Array.from({ length: text.length - 1 }, (_, at) => text.slice(at, at + 2)));
  const a = pairs(one), b = pairs(other);
  return 2 * [...a].filter((pair) => b.has(pair)).length / (a.size + b.size || 1);
}

export function makeIndex(data) {
  let names = null, quotes = null;
  const build = () => {
    names ??= data.entities.filter((e) => e.root !== "Indicator").flatMap((entity) =>
      [...new Set([entity.label, entity.zh, ...entity.names.map((n) => n.text)])].filter(Boolean)
        .map((text) => ({ entity, text, key: fold(text) })));
    quotes ??= [...data.statements, ...data.targets].map((record) => ({ record, key: fold(record.quote) }));
  };
  const score = (key, words) => {
    if (key === words) return 100;
    if (key.startsWith(words)) return 80 - Math.min(20, key.length - words.length);
    const at = key.indexOf(words);
    if (at < 0) return words.split(" ").every((w) => key.includes(w)) ? 25 : 0;
    return /[\s\-/(]/.test(key[at - 1]) ? 55 : 40;
  };
  return {
    near(typed) {
      build();
      const words = fold(typed).trim();
      const best = new Map();
      for (const { entity, text, key } of names) {
        const value = likeness(words, key);
        if (value > (best.get(entity)?.value ?? 0.45)) best.set(entity, { value, text });
      }
      return [...best].sort(([a, x], [b, y]) => y.value - x.value || a.number - b.number).slice(0, 4).map(([entity, { text }]) => ({ entity, text }));
    },
    find(typed, most = MOST) {
      const words = fold(typed).trim();
      if (!words) return { entities: [], records: [] };
      build();
      const best = new Map();
      for (const entry of names) {
        const value = score(entry.key, words);
        if (value && value > (best.get(entry.entity)?.value ?? 0)) best.set(entry.entity, { value, text: entry.text });
      }
      const weigh = (entity, { value }) => value + Math.min(15, Math.sqrt(entity.near.size) * 1.5) + (entity.region ? 5 : 0);
      const entities = [...best].sort(([a, x], [b, y]) => weigh(b, y) - weigh(a, x) || a.number - b.number)
        .slice(0, most).map(([entity, { text }]) => ({ entity, text }));
      const records = words.length < 2 ? [] : quotes.filter((q) => q.key.includes(words)).slice(0, 6).map((q) => q.record);
      return { entities, records };
    },
  };
}

export function makeSearch(box, index) {
  const list = h("ul", { class: "hits", id: "hits", role: "listbox", "aria-label": "Found", hidden: true });
  const input = h("input", { type: "search", id: "search", placeholder: "Search names, 中文, quotes", autocomplete: "off", spellcheck: "false",
    role: "combobox", "aria-label": "Search names and quotes", "aria-expanded": "false", "aria-controls": "hits", "aria-autocomplete": "list",
    "aria-keyshortcuts": "/" });
  let options = [], at = -1;
  const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); at = -1; };
  const pick = (option) => { input.value = ""; close(); input.blur(); go(option.to); };
  const light = () => {
    [...list.querySelectorAll("[role=option]:not(.none)")].forEach((item, number) => {
      item.setAttribute("aria-selected", String(number === at));
      if (number === at) { input.setAttribute("aria-activedescendant", item.id); item.scrollIntoView({ block: "nearest" }); }
    });
  };
  const look = () => {
    const { entities: found, records } = index.find(input.value);
    const shown = input.value.trim() !== "";
    const none = shown && !found.length && !records.length;
    const entities = none ? index.near(input.value) : found;
    options = [
      ...entities.map(({ entity, text }) => ({ to: { view: entity.placed ? "graph" : entity.root === "Source" ? "sources" : "graph", sel: entity.id, path: "" },
        parts: [h("span", { class: `mark`, style: `--c:var(--k-${entity.group.toLowerCase()})` }), h("span", { class: "hit" }, name(entity.label),
          text !== entity.label && h("span", { class: "quiet" }, " ", name(text))), h("span", { class: "quiet kindof" }, entity.region ? "region" : entity.kind.label)] })),
      ...records.map((record) => ({ to: { sel: `${record.target ? "target" : "statement"}:${record.id}`, path: "" },
        parts: [h("span", { class: "mark none" }), h("q", { class: "hit" }, name(record.quote)), h("span", { class: "quiet kindof" }, `${record.source.short} ¶ ${record.paragraph}`)] })),
    ];
    fill(list, none && h("li", { class: "none", role: "option", "aria-disabled": "true", "aria-selected": "false" },
      "Nothing is called “", name(input.value.trim()), "”", options.length > 0 && "; near it:"), options.map((option, number) => h("li", { role: "option", id: `hit-${number}`, "aria-selected": "false",
      onmousedown: (event) => { event.preventDefault(); pick(option); } }, option.parts)));
    list.hidden = !shown;
    input.setAttribute("aria-expanded", String(shown));
    at = options.length ? 0 : -1;
    if (shown) light();
  };
  input.addEventListener("input", look);
  input.addEventListener("focus", () => { if (input.value) look(); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!options.length) return;
      at = (at + (event.key === "ArrowDown" ? 1 : options.length - 1)) % options.length;
      light();
    } else if (event.key === "Enter" && options[at]) pick(options[at]);
    else if (event.key === "Escape") { input.value = ""; close(); input.blur(); }
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  fill(box, input, h("kbd", { "aria-hidden": "true" }, "/"), list);
  return { focus() { input.focus(); input.select(); } };
}
