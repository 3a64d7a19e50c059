// A statement with all that it rests on, folded to its words and quote until it is opened.

import { button, h, name, say } from "./dom.js";
import { label } from "./data.js";
import { address, state } from "./state.js";
import { citation, entityLink, kindOf, link, qualifiers, sentence, web } from "./words.js";

// `from` is the entity whose panel this stands in: its name need not be said again.
export function card(record, data, { from = null, open = false } = {}) {
  const chips = qualifiers(record, data).map(([kind, text, more]) => h("span", { class: `chip ${kind}`, title: more }, name(text)));
  return h("details", { class: `card${record.withheld ? " withheld" : ""}`, open, "data-record": record.id },
    h("summary", null,
      h("span", { class: "words" }, words(record, from)),
      h("span", { class: "quote", dir: "auto" }, record.said && [h("q", null, record.said), " … "], h("q", null, record.quote)),
      h("span", { class: "chips" }, h("span", { class: "where" }, `${record.source.short} ¶ ${record.paragraph}`), chips),
      record.note && h("span", { class: "note quiet" }, name(record.note))),
    h("div", { class: "ground" }, ground(record, data)));
}

function words(record, from) {
  if (record.target) return [from === record.s ? null : [name(record.s.label), ": "], h("b", null, name(record.label))];
  if (record.o && from === record.o) return record.p.inverse ? [`${record.p.inverse} `, h("b", null, name(record.s.label))] : [h("b", null, name(record.s.label)), ` ${record.p.phrase} this`];
  if (from === record.s) return [`${record.p.phrase} `, h("b", null, name(record.text))];
  return [h("b", null, name(record.s.label)), ` ${record.p.phrase} `, h("b", null, name(record.text))];
}

function ground(record, data) {
  const { source, section } = record;
  const rows = [
    ["source", [h("a", { href: address({ view: "sources", sel: source.id }) }, name(source.title))]],
    ["paragraph", [`${record.paragraph} of ${source.paragraphs}`, section && ", ", section && name(section.heading)]],
    record.result && ["status", [`${record.status}, as the document reports`]],
    record.target && ["indicator", [name(record.indicator.label)]],
    record.target && ["of", record.topic ? [entityLink(record.topic)] : []],
    ["stage", record.stage ? [label(data, "stages", record.stage), record.cue && ` (cue: “${record.cue}”)`] : ["not stated"]],
    ["tier", record.tier ? [label(data, "tiers", record.tier)] : ["not stated"]],
    ["flags", record.flags.length
      ? record.flags.map((flag) => h("div", null, `${label(data, "flags", flag)}: `,
        h("span", { class: "quiet" }, data.schemes.flags.get(flag)?.definition))) : ["none"]],
    ["row", [h("code", null, record.row)]],
    ["identity", record.ends.map((entity) => h("div", null, entityLink(entity), entity.doubt ? h("span", { class: "quiet" }, ` ${entity.doubt}`) : ": certain"))],
  ].filter((row) => row && row[1].length);
  const self = `${record.target ? "target" : "statement"}:${record.id}`;
  return [
    h("dl", null, rows.map(([key, value]) => [h("dt", null, key), h("dd", null, value)])),
    h("p", { class: "acts" },
      web(source.address) && h("a", { href: link(record), target: "_blank", rel: "noopener noreferrer" },
        record.fragment === "" ? `Open the page (paragraph ${record.paragraph})` : "Open the page at the quote"),
      state().sel !== self && h("a", { href: address({ sel: self }) }, "Link to this"),
      button("Cite", () => copy(citation(record, data.about), "Citation"), { class: "link" }),
      button("Report this", () => copy(report(record), "Report"), { class: "link" })),
  ];
}

function report(record) {
  return `${kindOf(record)}/${record.id}\n${record.row}\n${sentence(record)}\n` +
    `“${record.quote}” (${record.source.short}, paragraph ${record.paragraph})\nWhat is wrong: `;
}

// To the clipboard: as browsers do it now, as they did it before, else shown to be copied by hand.
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const box = h("textarea", { class: "unseen", "aria-hidden": "true" }, text);
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    if (!done) return offer(text);
  }
  return say(`${what} copied`);
}

function offer(text) {
  const box = h("dialog", { class: "sheet", "aria-label": "Text to copy" },
    h("textarea", { rows: "8", readonly: true, "aria-label": "Text to copy" }, text),
    h("form", { method: "dialog" }, h("button", null, "Close")));
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
  box.querySelector("textarea").select();
}
