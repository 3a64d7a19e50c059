// Statements in words: as a sentence, as a citation, and where the publisher's page says so.

import { h, name } from "./dom.js";
import { label } from "./data.js";
import { address } from "./state.js";

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
  const kind = record.target ? "target" : "statement";
  return `${sentence(record)}. “${record.quote}”, ${where}, ${link(record)}. ` +
    `Regiograph ${about.version ?? ""}, ${kind} ${record.id}, ${record.row}.`;
}

export function qualifiers(record, data) {
  return [
    record.stage && ["stage", label(data, "stages", record.stage)],
    record.tier && ["tier", label(data, "tiers", record.tier)],
    record.period && ["period", period(record.period)],
    ...record.flags.map((flag) => ["flag", label(data, "flags", flag)]),
  ].filter(Boolean);
}

// EDTF as people say it: 2021/2025 is a span, ../2025 a deadline.
export function period(text) {
  if (!text.includes("/")) return text;
  const [from, to] = text.split("/");
  if (from === ".." || from === "") return `by ${to}`;
  if (to === ".." || to === "") return `from ${from}`;
  return `${from} to ${to}`;
}

export function entityLink(entity, props) {
  return h("a", { href: address({ sel: entity.id }), class: "to", ...props }, name(entity.label));
}
