// What the page says of its data: how much there is, what was checked, whose it is; all of it read from the data.

import { button, count, h, fill, name } from "./dom.js";

const web = (address) => /^https?:\/\//i.test(address);

// A licence by the name that people know, where it is a Creative Commons one.
export function licence(address) {
  const known = /^https?:\/\/creativecommons\.org\/(licenses|publicdomain)\/([a-z-]+)\/([\d.]+)/.exec(address);
  const text = !known ? address : known[2] === "zero" ? `CC0 ${known[3]}` : `CC ${known[2].toUpperCase()} ${known[3]}`;
  return web(address) ? h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, text) : text;
}

export const machine = (source) => /machine/i.test(source.how);

// "2 documents, both machine-translated"; with documents that nobody read "12 documents read by people, whole or
// in part, 2 of them machine-translated; 8 more only searched for names"
export function documents(all) {
  const sources = all.filter((s) => s.records.length || s.sections.some((part) => part.read)), more = all.length - sources.length;
  const some = (test) => sources.filter(test).length;
  const [number, machines, translated] = [sources.length, some(machine), some((s) => s.how)];
  const of = (some_) => (some_ === number ? (number === 1 ? "" : number === 2 ? "both " : "all ") : `${some_} of them `);
  const read_ = [`${count(number, "document")}${more ? " read by people, whole or in part" : ""}`, machines > 0 && `${of(machines)}machine-translated`,
    translated > machines && `${of(translated - machines)}translated`].filter(Boolean).join(", ");
  return more ? `${read_}; ${more} more only searched for names` : read_;
}

// What a program saw of the quotes. The texts themselves are never part of a page.
export function checked({ about }) {
  const { quotes, located } = about;
  if (!quotes) return "";
  const all = count(quotes, "quote");
  if (!located) return `${all}: no position in a text is recorded for ${quotes === 1 ? "it" : "any of them"}, so this copy cannot say that they were checked.`;
  const which = located === quotes ? (quotes === 1 ? "The quote was" : `All ${all} were`) : `${located.toLocaleString("en")} of ${all} were`;
  return `${which} found by a program at a recorded place in a text; the hashes of the texts are under Sources, the texts are not in this copy.`;
}

// The days on which people read, from the first to the last.
export function read({ sources }) {
  const days = sources.flatMap((s) => s.sections.flatMap((part) => [part.read, part.reread])).filter(Boolean).sort();
  return !days.length ? "" : days[0] === days.at(-1) ? `Read on ${days[0]}.` : `Read from ${days[0]} to ${days.at(-1)}.`;
}

// Under a picture: which documents, what of them, which version.
export function origin(data) {
  const { about, sources } = data;
  const from = sources.length > 3 ? documents(sources) : sources.map((s) => `${s.title} (${s.citation})`).join("; ");
  return [from && `From: ${from}.`,
    [about.title || "Regiograph", about.version && `version ${about.version}`, about.date, about.licence && licence(about.licence).textContent].filter(Boolean).join(", ")].filter(Boolean);
}

function dialog(data) {
  const { about, sources } = data;
  const machines = sources.filter(machine).length;
  return h("dialog", { class: "sheet about", "aria-label": "About this page" },
    h("h2", null, "What this graph is, and what it is not"),
    h("p", null, sources.length > 0 ? `It holds what documents state (${documents(sources)}), each statement with the quote it rests on. ` : "It holds no document. ",
      machines > 0 && "In a machine translation words may be wrong; what is garbled is flagged, not corrected in silence."),
    h("p", null, [checked(data), read(data)].filter(Boolean).join(" ")),
    h("p", null, "A promise is not a deed: the stage says how far a thing had come by the words of the document, on the day of the document. ",
      "What no document here says is missing, which does not mean that it is not so. Nothing here is official."),
    h("p", null, about.licence && ["Data: ", licence(about.licence), ". "], "Code: Apache-2.0. The quotes remain their publishers’. Drawn with vis-network (Apache-2.0 or MIT)."),
    h("h2", null, "Keys"),
    h("p", null, h("kbd", null, "/"), " search, ", h("kbd", null, "1"), " to ", h("kbd", null, "5"), " views, ", h("kbd", null, "Esc"),
      " close, and on the graph arrows, Enter, ", h("kbd", null, "E"), ", ", h("kbd", null, "+"), ", ", h("kbd", null, "−"), ", ", h("kbd", null, "0"), "."),
    h("form", { method: "dialog" }, h("button", null, "Close")));
}

export function drawFoot(box, data) {
  const { about, sources } = data;
  const sheet = dialog(data);
  fill(box,
    about.title && h("span", null, name(about.title)),
    about.version && h("span", null, [`version ${about.version}`, about.date].filter(Boolean).join(", ")),
    about.licence && h("span", null, "data ", licence(about.licence)),
    h("span", { class: "brief" }, [sources.length > 0 && documents(sources), "a promise is not a deed", "nothing official"].filter(Boolean).join("; ")),
    button("About", () => sheet.showModal(), { class: "link" }), sheet);
}
