// The evidence panel: an entity, a line, a statement, a cell or a paragraph, with what is stated and where.

import { checked, documents, licence } from "./about.js";
import { backing, summary } from "./backing.js";
import { add, button, byId, count, fill, h, name } from "./dom.js";
import { card } from "./card.js";
import { filters } from "./filter.js";
import { GROUPS } from "./marks.js";
import { howOf, said } from "./matrix.js";
import { canBeRow, table } from "./rollup.js";
import { equallyShort, shortest } from "./scene.js";
import { address, go, state, toggle } from "./state.js";
import { called, entityLink, web } from "./words.js";

const FIRST = 8; // cards of a group that are made at once; the rest on request

export function drawPanel(panel, data, now) {
  const entity = data.byId.get(now.sel);
  const parts = now.path ? route(data, now)
    : entity?.field ? field(entity, data, now)
    : entity?.root === "Source" ? source(entity, data)
      : entity ? about(entity, data, now)
        : now.sel ? selection(now.sel, data, now) : welcome(data, now);
  fill(panel, (now.sel || now.path) && button("×", () => go({ sel: "", path: "" }), { class: "close", "aria-label": "Close" }), parts);
  panel.scrollTop = 0;
  panel.classList.toggle("open", Boolean(now.sel || now.path));
}

function selection(sel, data, now) {
  const record = data.records.get(sel.replace(/^(statement|target):/, ""));
  if (record) return [heading(record.target ? "target" : "statement", null), card(record, data, { open: true }), ends(record)];
  if (sel.includes(">")) return line(sel, data, now);
  if (sel.includes("*")) return cell(sel, data, now);
  const [id, paragraph] = sel.split("#");
  const document = data.sources.find((s) => s.id === id);
  if (document && paragraph) return passage(document, Number(paragraph), data);
  return [h("p", { class: "quiet" }, "Nothing here is called "), h("code", null, sel)];
}

const ends = (record) => h("p", { class: "quiet" }, "About ",
  [record.s, record.o, record.topic].filter(Boolean).map((e, at) => [at ? " and " : "", entityLink(e)]));

function heading(kind, group) {
  return h("p", { class: "kind" }, group && h("span", { class: `mark ${GROUPS[group]?.shape}`, style: `--c:var(--k-${group.toLowerCase()})` }), kind);
}

function about(entity, data, now) {
  const others = entity.names.filter((n) => n.role !== "label");
  const filter = filters(now, data);
  const parts = [
    heading([entity.kind.label, entity.region && ", region of a report or plan"], entity.group),
    h("h2", null, name(entity.label)),
    entity.zh && entity.zh !== entity.label && h("p", { class: "zh", lang: "zh" }, name(entity.zh)),
    entity.doubt && h("p", { class: "doubt" }, name(entity.doubt)),
    others.length > 0 && h("p", { class: "aka" }, h("span", { class: "quiet" }, "Also "),
      others.map((n, at) => [at ? "; " : "", name(n.text, { lang: n.lang, title: `${n.role}, ${n.sure}, ${n.ground}` }),
        n.role === "printed" && h("span", { class: "quiet" }, " (as printed)"),
        n.sure !== "certain" && h("span", { class: "quiet" }, ` (${n.sure})`)])),
    entity.note && h("p", { class: "quiet" }, name(entity.note)),
    entity.placed && h("p", { class: "acts" },
      state().view !== "graph" && h("a", { href: address({ view: "graph" }) }, "Show in the graph"),
      button(now.open.includes(entity.id) ? "Fold neighbours" : "Keep neighbours open", () => go(toggle("open", entity.id)), { class: "link" }),
      button("Path from here", () => pathFrom(entity), { class: "link" })),
    ladder(entity, data),
    entity.fields.map((one) => h("p", { class: "quiet" }, "In the official classification: ", fieldLink(one))),
    entity.root === "Topic" && backers(entity, data, filter),
  ];
  const stated = [
    ...grouped(entity.out.filter(filter.test), (r) => r.p.label),
    ...grouped(entity.in.filter(filter.test), (r) => r.p.inverse || `${r.p.phrase} this`),
  ];
  const aims = entity.targets.filter(filter.test);
  const [set, reached] = [aims.filter((t) => !t.result), aims.filter((t) => t.result)];
  if (reached.length) stated.unshift(["results, as reported", reached]);
  if (set.length) stated.unshift(["targets", set]);
  const all = entity.out.length + entity.in.length + entity.targets.length;
  const left = stated.reduce((sum, [, records]) => sum + records.length, 0);
  const only = left - aims.length;
  const said = [(only > 0 || !aims.length) && count(only, "statement"), aims.length > 0 && count(aims.length, "target")].filter(Boolean).join(" and ");
  parts.push(h("h3", { class: "rule" }, said, left < all && h("span", { class: "quiet" }, ` of ${all} pass the filters`)));
  for (const [title, records] of stated) parts.push(...cards(title, records, data, { from: entity, level: "h4" }));
  return parts;
}

// After the click, since a click outside the form closes it.
function pathFrom(entity) {
  go({ view: "graph", as: "" });
  setTimeout(() => {
    byId("from").value = entity.label;
    byId("routes").open = true;
    byId("to").focus();
  });
}

const fieldLink = (field) => h("a", { href: address({ sel: field.id }) }, name(field.label));

// Every region that backs a topic, and in which way: each row opens to the statements that it rests on.
function backers(topic, data, filter) {
  const rows = backing(topic, data).filter(({ records }) => records.some(filter.test));
  const row = ({ region, way, what, records }) => folded([h("b", null, called(region)), ` ${way}`, what && [": ", called(what)]],
    [region, what], records, data);
  return [h("h3", { class: "rule" }, "Who backs it"), listed(rows.map(row)),
    h("p", { class: "sum" }, `${topic.label}: ${summary(topic, rows)}${filter.any ? " (of what passes the filters)" : ""}`)];
}

// Some words that open to the statements behind them, and to what they are about.
function folded(words, about_, records, data, open = false) {
  return h("details", { class: "backer", open }, h("summary", null, words, " ", h("span", { class: "quiet" }, String(records.length)), " ",
    records.some((r) => r.doubt.length) && h("span", { class: "chip flag" }, "in doubt")),
  h("p", { class: "acts" }, about_.filter(Boolean).map((entity) => entityLink(entity))), h("div", { class: "cards" }, records.map((r) => card(r, data))));
}

// The first of many, and the rest on request.
function listed(items, box = h("div", { class: "backers" })) {
  add(box, items.slice(0, FIRST));
  if (items.length > FIRST) {
    const more = button(`Show all ${items.length}`, () => { more.remove(); add(box, items.slice(FIRST)); }, { class: "more" });
    box.append(more);
  }
  return box;
}

// A field: what it holds, and what lies above and below it.
function field(entity, data, now) {
  const list = (title, items) => items.length > 0 && [h("h3", { class: "said" }, title, " ", h("span", { class: "quiet" }, String(items.length))), listed(items.map((item) => h("p", null, item)))];
  return [heading("field of a classification", null), h("h2", null, name(entity.label)), entity.zh && h("p", { class: "zh", lang: "zh" }, name(entity.zh)),
    h("p", { class: "quiet" }, name(entity.scheme)), entity.parent && h("p", null, "In ", fieldLink(entity.parent)),
    now.view !== "matrix" && h("p", { class: "acts" }, h("a", { href: address({ view: "matrix", rows: "", under: entity.parent?.id ?? "" }) }, "Show in the matrix")),
    list("fields below it", entity.below.map(fieldLink)), list("topics it holds", entity.topics.map((topic) => entityLink(topic)))];
}

function ladder(entity, data) {
  const named = (relation) => data.predicates.find((p) => p.id === relation)?.label ?? relation;
  const step = (title, rungs) => rungs.length > 0 && h("details", { class: "ladder" },
    h("summary", null, `${title} `, h("span", { class: "quiet" }, String(rungs.length))),
    h("ul", { class: "plain" }, rungs.map(({ entity: other, relation, ground: why, record }) => h("li", null, entityLink(other),
      h("span", { class: "quiet" }, ` ${relation === "skos:broader" ? "" : `${named(relation)}, `}${record ? `stated, ¶ ${record.paragraph}` : `assumed: ${why}`}`)))));
  return [step("Part or kind of", entity.above), step("Parts and kinds of it", entity.below)];
}

function grouped(records, key) {
  const found = new Map();
  for (const record of records) found.set(key(record), [...(found.get(key(record)) ?? []), record]);
  return [...found].sort(([, a], [, b]) => b.length - a.length);
}

function cards(title, records, data, { from = null, open = false, level = "h3" } = {}) {
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
    folded([h("b", null, called(topic)), words(topic)], [topic], records, data, found.records.length <= FIRST));
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
