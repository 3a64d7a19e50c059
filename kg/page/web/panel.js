// The evidence panel: an entity, a line, a statement, a cell or a paragraph, with what is stated and where.

import { checked, documents, licence } from "./about.js";
import { button, count, fill, h, name } from "./dom.js";
import { card } from "./card.js";
import { compare } from "./compare.js";
import { about, ladder } from "./entity.js";
import { filters } from "./filter.js";
import { cards, fieldLink, folded, heading, listed } from "./folds.js";
import { howOf, said } from "./matrix.js";
import { canBeRow, table } from "./rollup.js";
import { equallyShort, shortest } from "./scene.js";
import { address, go } from "./state.js";
import { called, entityLink, kindOf, web } from "./words.js";

export function drawPanel(panel, data, now) {
  const entity = data.byId.get(now.sel);
  const parts = now.path ? route(data, now)
    : entity?.field ? field(entity, data, now)
    : entity?.root === "Source" ? source(entity, data)
      : now.with && entity?.region && data.byId.get(now.with)?.region ? compare(entity, data.byId.get(now.with), data, now)
      : entity ? about(entity, data, now)
        : now.sel ? selection(now.sel, data, now) : welcome(data, now);
  fill(panel, (now.sel || now.path) && button("×", () => go({ sel: "", path: "", with: "", full: "" }), { class: "close", "aria-label": "Close" }), parts);
  panel.scrollTop = 0;
  panel.classList.toggle("open", Boolean(now.sel || now.path));
  document.body.classList.toggle("full", wide(now));
}

// A page at full width needs something to show.
export const wide = (now) => now.full === "1" && Boolean(now.sel) && !now.path;

function selection(sel, data, now) {
  const record = data.records.get(sel.replace(/^(statement|target):/, ""));
  if (record) return [heading(kindOf(record), null), card(record, data, { open: true }), ends(record)];
  if (sel.includes(">")) return line(sel, data, now);
  if (sel.includes("*")) return cell(sel, data, now);
  const [id, paragraph] = sel.split("#");
  const document = data.sources.find((s) => s.id === id);
  if (document && paragraph) return passage(document, Number(paragraph), data);
  return [h("p", { class: "quiet" }, "Nothing here is called "), h("code", null, sel)];
}

const ends = (record) => h("p", { class: "quiet" }, "About ",
  [record.s, record.o, record.topic].filter(Boolean).map((e, at) => [at ? " and " : "", entityLink(e)]));

// A field: what it holds, and what lies above and below it.
function field(entity, data, now) {
  const list = (title, items) => items.length > 0 && [h("h3", { class: "said" }, title, " ", h("span", { class: "quiet" }, String(items.length))), listed(items.map((item) => h("p", null, item)))];
  return [heading("field of a classification", null), h("h2", null, name(entity.label)), entity.zh && h("p", { class: "zh", lang: "zh" }, name(entity.zh)),
    h("p", { class: "quiet" }, name(entity.scheme)), entity.parent && h("p", null, "In ", fieldLink(entity.parent)),
    now.view !== "matrix" && h("p", { class: "acts" }, h("a", { href: address({ view: "matrix", rows: "", under: entity.parent?.id ?? "" }) }, "Show in the matrix")),
    list("fields below it", entity.below.map(fieldLink)), list("topics it holds", entity.topics.map((topic) => entityLink(topic)))];
}

function line(sel, data, now) {
  const [from, to] = sel.split(">").map((id) => data.byId.get(id));
  if (!from || !to) return [h("p", null, "Nothing here is called "), h("code", null, sel)];
  const filter = filters(now, data);
  const records = [...from.out.filter((r) => r.o === to), ...to.out.filter((r) => r.o === from)].filter(filter.test);
  return [heading("connection", null), h("h2", null, entityLink(from), " — ", entityLink(to)),
    records.length ? cards("statements", records, data, { open: records.length < 4 })
      : h("p", null, "Nothing that passes the filters joins them in one step. ", h("a", { href: address({ sel: "", path: `${from.id}>${to.id}` }) }, "The shortest path"))];
}

// A cell opens to each of its topics, and each topic to its statements.
function cell(sel, data, now) {
  const [region, row] = sel.split("*").map((id) => data.byId.get(id));
  const how = row?.field ? "fields" : howOf(now) === "rolled" ? "rolled" : "stated";
  const found = region && row && table(data, filters(now, data), how).get(row)?.get(region);
  const part = (words, topics) => [...topics].sort(([a], [b]) => a.label.localeCompare(b.label)).map(([topic, records]) =>
    folded([h("b", null, called(topic)), words(topic)], [topic], records, data, found.records.length <= 8));
  return [heading("region and topics", null), region && row ? h("h2", null, entityLink(region), " · ", row.field ? fieldLink(row) : entityLink(row)) : h("p", null, "Nothing here is called ", h("code", null, sel)),
    found ? [h("p", { class: "sum" }, said(row, found)),
      part(() => "", found.here), part((topic) => (row.field ? `, in ${topic.fields.map((f) => f.label).join(", ")}` : ", a kind of it"), found.below)]
      : h("p", null, "No statement passes the filters.")];
}

function source(entity, data) {
  const document = data.sources.find((s) => s.id === entity.id);
  return [heading("source", null), h("h2", null, name(document.title)), document.zh && h("p", { class: "zh", lang: "zh" }, name(document.zh)),
    h("p", { class: "quiet" }, [document.citation, document.kind, document.how || "not a translation"].filter(Boolean).map((t, at) => [at ? "; " : "", name(t)]), document.licence && ["; licence: ", licence(document.licence)]),
    document.hash && h("p", { class: "quiet" }, "SHA-256 of the text that was read: ", h("code", null, document.hash)),
    web(document.address) && h("p", { class: "acts" }, h("a", { href: document.address, target: "_blank", rel: "noopener noreferrer" }, "Open the publisher's page")),
    ladder(entity, data),
    cards("about the document", [...entity.out, ...entity.in], data, { from: entity })];
}

function passage(document, paragraph, data) {
  const section = document.sections.find((s) => s.first <= paragraph && paragraph <= s.last);
  const records = document.records.filter((r) => r.paragraph === paragraph);
  const step = (to, text) => to >= 1 && to <= document.paragraphs && h("a", { href: address({ sel: `${document.id}#${to}` }) }, text);
  return [heading("paragraph", null), h("h2", null, `Paragraph ${paragraph} of ${document.paragraphs}`),
    h("p", { class: "quiet" }, name(document.title), section && [h("br"), name(section.heading)]),
    h("p", { class: "quiet" }, section?.read ? [`read on ${section.read}`, section.reread && `, again on ${section.reread}`] : "not read"),
    h("p", { class: "acts" }, step(paragraph - 1, "Before"), step(paragraph + 1, "After")),
    records.length ? cards("statements", records, data, { open: records.length < 3 }) : h("p", null, "No statement rests on this paragraph.")];
}

function route(data, now) {
  const [from, to] = now.path.split(">").map((id) => data.byId.get(id));
  const path = shortest(from, to, now, data);
  const filter = filters(now, data);
  if (!from || !to) return [h("p", null, "A path needs two entities.")];
  if (!path) return [heading("path", null), h("h2", null, `${from.label} → ${to.label}`), h("p", null, "Nothing that passes the filters joins them.")];
  const ways = equallyShort(path, now, data);
  return [heading("shortest path", null), h("h2", null, entityLink(from), " → ", entityLink(to)),
    h("p", { class: "quiet" }, count(path.length - 1, "step"), ways > 1 && `; one of ${ways.toLocaleString("en")} paths that are equally short`),
    path.slice(1).map((entity, at) => {
      const before = path[at];
      const records = [...before.out.filter((r) => r.o === entity), ...entity.out.filter((r) => r.o === before)].filter((r) => r.line && filter.test(r));
      return cards(`${before.label} – ${entity.label}`, records, data);
    })];
}

function welcome(data, now) {
  const filter = filters(now, data);
  const drawn = data.entities.filter((e) => e.placed);
  const statements = data.statements.filter(filter.test), targets = data.targets.filter(filter.test);
  const topics = drawn.filter(canBeRow)
    .map((e) => [e, new Set(e.in.filter((r) => r.p.backs && r.s.region && r.line && filter.test(r)).map((r) => r.s)).size])
    .filter(([, of]) => of > 0).sort(([a, x], [b, y]) => y - x || b.near.size - a.near.size).slice(0, 8);
  const said = [count(statements.length, "statement"), data.targets.length > 0 && count(targets.length, "target")].filter(Boolean).join(" and ");
  return [
    heading("what this is", null),
    h("h2", null, "Who backs what, and where does it say so"),
    h("p", null, filter.any ? `${said} ${statements.length + targets.length === 1 ? "passes" : "pass"} the filters. ` : `${said} from ${documents(data.sources.filter((s) => s.records.length))}. `,
      !filter.any && checked(data)),
    drawn.length > 0 && h("p", { class: "quiet" }, data.regions.filter((e) => e.placed).length > 2 &&
      "Regions stand on the ring. Inside it is what several of them share, behind each what it has alone: choose a region to see it unfold. ", "Choose a line to read its evidence."),
    topics.length > 0 && [h("h3", { class: "rule" }, topics[0][1] > 1 ? "Backed by most regions" : "Backed by a region"),
      h("ul", { class: "bars" }, topics.map(([entity, of]) => h("li", null, entityLink(entity),
        h("span", { class: "share", style: `--share:${of / topics[0][1]}`, "aria-hidden": "true" }), h("span", { class: "num" }, String(of)))))],
    data.regions.length > 0 && [h("h3", { class: "rule" }, "Regions"),
      h("p", { class: "cloud" }, data.regions.map((e) => [entityLink(e), " "]))],
  ];
}
