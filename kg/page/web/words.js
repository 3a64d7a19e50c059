// Statements in words: as a sentence, as a citation, and where the publisher's page says so.

import { h, name } from "./dom.js";
import { label } from "./data.js";
import { address } from "./state.js";

export const kindOf = (record) => (record.result ? "result" : record.target ? "target" : "statement");

export function sentence(record) {
  return record.target ? `${record.s.label}: ${record.label}` : `${record.s.label} ${record.p.phrase} ${record.text}`;
}

// The publisher's page at the quote, for browsers that know text fragments: told from other places by the words
// beside it, and the page alone where none do.
export function link(record) {
  const words = encodeURIComponent(record.quote).replace(/[-!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const fragment = record.fragment ?? `:~:text=${words}`;
  return fragment ? `${record.source.address}#${fragment}` : record.source.address;
}

export const web = (address_) => /^https?:\/\//i.test(address_);

export function citation(record, about) {
  const where = `${record.source.title} (${record.source.citation}), paragraph ${record.paragraph}`;
  const doubt = [...record.doubt, record.note].filter(Boolean).join("; ");
  return `${sentence(record)}. “${record.quote}”, ${where}, ${link(record)}. ${doubt && `In doubt: ${doubt}. `}` +
    `Regiograph ${about.version ?? ""}, ${kindOf(record)} ${record.id}, ${record.row}.`;
}

export function qualifiers(record, data) {
  return [
    record.stage && ["stage", label(data, "stages", record.stage)],
    record.tier && ["tier", label(data, "tiers", record.tier)],
    record.period && ["period", period(record.period)],
    ...doubts(record, data).map(([text, more]) => ["flag", text, more]),
  ].filter(Boolean);
}

// What is in doubt about a statement, in short and at length: its flags, and which of its ends is not certain.
export const doubts = (record, data) => [
  ...record.flags.map((flag) => [label(data, "flags", flag), data.schemes.flags.get(flag)?.definition]),
  ...record.ends.filter((e) => e.doubt).map((e) => [`${e.label}: ${e.doubt.split(":")[0]}`, e.doubt]),
];

// EDTF as people say it: 2021/2025 is a span, ../2025 a deadline.
export function period(text) {
  if (!text.includes("/")) return text;
  const [from, to] = text.split("/");
  if (from === ".." || from === "") return `by ${to}`;
  if (to === ".." || to === "") return `from ${from}`;
  return `${from} to ${to}`;
}

// An entity's name, marked where it is not certain which is meant.
export const called = (entity) => [name(entity.label), entity.doubt && h("span", { class: "unsure", title: entity.doubt }, "?")];

export function entityLink(entity, props) {
  return h("a", { href: address({ sel: entity.id }), class: "to", ...props }, called(entity));
}
