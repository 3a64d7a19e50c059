// Sources: each document paragraph by paragraph, what was read, how much rests on it, what was flagged.

import { count, fill, h, name } from "./dom.js";
import { filters } from "./filter.js";
import { address } from "./state.js";
import { web } from "./words.js";

export function makeSources(data, stage) {
  const scroll = h("div", { class: "scroll sources", tabindex: "0", role: "region", "aria-label": "Sources" });
  stage.append(scroll);

  function update(now) {
    const filter = filters(now, data);
    fill(scroll, data.sources.filter((s) => !now.source || s.short === now.source).map((source) => document_(source, now, filter)),
      h("p", { class: "key quiet" }, h("span", { class: "para", style: "--heat:.75" }, "n"), " statements resting on a paragraph, the darker the more; ",
        h("span", { class: "para flagged" }, ""), " something in doubt; ", h("span", { class: "para none" }, ""), " nothing stated."));
  }

  function document_(source, now, filter) {
    const per = new Map();
    for (const record of source.records) if (filter.test(record)) per.set(record.paragraph, [...(per.get(record.paragraph) ?? []), record]);
    const most = Math.max(1, ...[...per.values()].map((records) => records.length));
    const cell = (n) => {
      const records = per.get(n) ?? [];
      const flagged = records.filter((r) => r.doubt.length).length;
      const sel = `${source.id}#${n}`;
      return h("a", { href: address({ sel }), class: `para${records.length ? "" : " none"}${flagged ? " flagged" : ""}${now.sel === sel ? " on" : ""}`,
        style: records.length ? `--heat:${Math.sqrt(records.length / most).toFixed(2)}` : null,
        "aria-label": `paragraph ${n}: ${count(records.length, "statement")}${flagged ? `, ${flagged} in doubt` : ""}`, title: `¶ ${n}` },
      records.length ? String(records.length) : "");
    };
    const covered = new Set(source.sections.flatMap((s) => range(s.first, s.last)));
    const loose = range(1, source.paragraphs).filter((n) => !covered.has(n));
    return h("section", { class: "document", "aria-label": source.title },
      h("h2", null, h("a", { href: address({ sel: source.id }) }, name(source.title))),
      source.zh && h("p", { class: "zh", lang: "zh" }, name(source.zh)),
      h("p", { class: "quiet" }, name(`${source.citation}; ${source.kind}${source.how ? `; ${source.how}` : ""}. `),
        `${count(source.paragraphs, "paragraph")}, ${count(source.records.filter((r) => !r.target).length, "statement")}, ${count(source.records.filter((r) => r.target).length, "target")}. `,
        web(source.address) && h("a", { href: source.address, target: "_blank", rel: "noopener noreferrer" }, "The publisher's page")),
      h("div", { class: "strips" }, source.sections.map((section) => h("div", { class: "strip" },
        h("p", null, name(section.heading), h("span", { class: "quiet" }, section.read ? ` read${section.reread ? " twice" : ""}` : " not read")),
        h("div", { class: "paras" }, range(section.first, section.last).map(cell)))),
      loose.length > 0 && h("div", { class: "strip" }, h("p", { class: "quiet" }, "in no section"), h("div", { class: "paras" }, loose.map(cell)))));
  }

  return { update, csv(now) {
    const filter = filters(now, data);
    return [["source", "paragraph", "section", "statements", "in doubt"], ...data.sources.flatMap((source) => range(1, source.paragraphs).map((n) => {
      const records = source.records.filter((r) => r.paragraph === n && filter.test(r));
      return [source.short, n, source.sections.find((s) => s.first <= n && n <= s.last)?.heading ?? "", records.length, records.filter((r) => r.doubt.length).length];
    }))];
  } };
}

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => from + at);
