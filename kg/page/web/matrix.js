// Regions by fields or topics: how much of each a region names, as a table whose rows open.

import { button, choice, count, fill, h, name, say } from "./dom.js";
import { label } from "./data.js";
import { filters } from "./filter.js";
import { readParagraphs } from "./profile.js";
import { children, clustered, isTop, numbers, table, tiersOf } from "./rollup.js";
import { address, go, state } from "./state.js";

const MOST = 400;
const HOW = ["fields", "stated", "rolled"];

// A tier as a letter or two: core c, characteristic ch, new-track nt.
const mark = (tier) => (tier === "characteristic" ? "ch" : tier.split("-").map((part) => part[0]).join(""));

export const howOf = (now) => (HOW.includes(now.rows) ? now.rows : HOW[0]);

// The rows in order: a field or topic, its depth, whether it can be opened.
export function matrixRows(data, now) {
  const how = howOf(now), sort = now.sort, cells = table(data, filters(now, data), how);
  const columns = data.regions.filter((region) => [...cells.values()].some((row) => row.has(region)));
  const weight = (row, region) => numbers(row, cells.get(row)?.get(region)).reduce((sum, n) => sum + n, 0);
  const total = (row) => columns.reduce((sum, region) => sum + weight(row, region), 0);
  const byName = (a, b) => a.label.localeCompare(b.label);
  const size = (row) => (sort === "total" ? total(row)
    : data.byId.get(sort)?.region ? weight(row, data.byId.get(sort)) : cells.get(row).size * 1000 + total(row));
  const ranked = (rows) => [...rows].sort(sort === "name" ? byName : (a, b) => size(b) - size(a) || byName(a, b));
  // Fields keep the order of their codes unless another is asked for, and stand before topics.
  const put_ = (rows) => (sort ? ranked(rows) : [...rows.filter((r) => r.field), ...ranked(rows.filter((r) => !r.field))]);
  // What one region alone has is like nothing else, and stands last.
  const order = (rows) => {
    if (now.cluster !== "1") return put_(rows);
    const several = ranked(rows.filter((r) => cells.get(r).size > 1));
    return [...(several.length > 2 ? clustered(several, (r) => columns.map((c) => weight(r, c))) : several),
      ...ranked(rows.filter((r) => cells.get(r).size < 2))];
  };
  const opened = new Set(now.under.split(",").filter(Boolean));
  const rows = [];
  const put = (row, depth, path) => {
    const below = children(row, how).filter((r) => cells.has(r) && !path.includes(r));
    const open = opened.has(row.id) && below.length > 0;
    rows.push({ row, depth, below: below.length, open });
    if (open) for (const child of order(below)) put(child, depth + 1, [...path, row]);
  };
  const words = now.words.trim().toLowerCase();
  const tops = [...cells.keys()].filter((row) => (words
    ? row.label.toLowerCase().includes(words) || row.zh.includes(words) : isTop(row, how, cells)));
  for (const row of order(tops)) put(row, 0, []);
  const across = now.cluster === "1" && columns.length > 2
    ? clustered(columns, (c) => [...cells.keys()].map((row) => weight(row, c))) : columns;
  return { rows, columns: across, cells };
}

const plural = (row, number) => count(number, row.field ? "topic" : "statement");

// "2 topics named here, 5 below"
export function said(row, cell) {
  const [here, below] = numbers(row, cell);
  return `${plural(row, here)}${row.field ? " named here" : ""}${below || row.field ? `, ${below} below` : ""}`;
}

const doubts = (cell) => cell.records.filter((r) => r.doubt.length).length;

export function makeMatrix(data, stage) {
  const controls = h("div", { class: "controls" });
  const scroll = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Regions by fields and topics" });
  stage.append(controls, scroll);
  let typed = null;

  function update(now) {
    fill(controls,
      choice("Rows", howOf(now), [["fields", "fields of the classification"], ["stated", "topics as stated"], ["rolled", "topics with all kinds of them"]],
        (rows) => go({ rows: rows === HOW[0] ? "" : rows, under: "" })),
      choice("Order", now.sort, [["", howOf(now) === "fields" ? "codes" : "most regions"], ["total", "largest numbers"], ["name", "name"],
        ...data.regions.map((r) => [r.id, r.label])], (sort) => go({ sort, cluster: "" })),
      h("label", { class: "choice" }, h("span", null, "Only"), h("input", { type: "search", value: now.words, placeholder: "a word of the name",
        oninput: (event) => { clearTimeout(typed); typed = setTimeout(() => go({ words: event.target.value }, { replace: true }), 200); } })),
      button("Like beside like", () => go({ cluster: state().cluster ? "" : "1" }), { "aria-pressed": String(now.cluster === "1") }),
      now.under && button("Close all rows", () => go({ under: "" }), { class: "link" }));
    draw(now);
  }

  function key(now, tiers) {
    const kind = { fields: "A row of a field counts topics that a region backs: those the field itself holds, and after + those of fields below it. It opens to each topic, whose own row counts statements.",
      stated: "A number counts statements that back the topic itself.",
      rolled: "A number counts statements that back the topic itself, and after + those that back a kind of it." };
    return h("p", { class: "key quiet" }, kind[howOf(now)], " What a region backs only through a project or the like is not counted here; a topic’s own page tells it. A long document makes large numbers: the first line tells how much text they rest on, and a cell opens to its share of what the region backs. ",
      h("span", { class: "dot" }, ""), " Something is in doubt.",
      tiers.size > 0 && ` A letter is what a document calls the topic itself: ${[...tiers].sort().map((t) => `${mark(t)} ${label(data, "tiers", t)}`).join(", ")}.`);
  }

  function draw(now) {
    const { rows, columns, cells } = matrixRows(data, now);
    const shown = rows.slice(0, MOST);
    const most = (field) => Math.max(1, ...shown.filter(({ row }) => Boolean(row.field) === field)
      .flatMap(({ row }) => columns.map((c) => numbers(row, cells.get(row).get(c)).reduce((sum, n) => sum + n, 0))));
    const top = { true: most(true), false: most(false) };
    const opened = now.under.split(",").filter(Boolean);
    const turn = (row) => go({ under: (opened.includes(row.id) ? opened.filter((id) => id !== row.id) : [...opened, row.id]).join(",") });
    const tiers = new Set(rows.flatMap(({ row }) => columns.flatMap((c) => tiersOf(row, cells.get(row).get(c)))));
    const cell = (row, region) => {
      const found = cells.get(row).get(region);
      if (!found) return h("td", null);
      const [here, below] = numbers(row, found);
      const tier = tiersOf(row, found), doubtful = doubts(found), sel = `${region.id}*${row.id}`;
      const words = [said(row, found), ...tier.map((t) => label(data, "tiers", t)), doubtful > 0 && `${doubtful} in doubt`].filter(Boolean).join(", ");
      return h("td", null, h("a", { href: address({ sel }), class: `cell${row.field ? " wide" : ""}${now.sel === sel ? " on" : ""}${doubtful ? " doubtful" : ""}`,
        style: `--heat:${Math.sqrt((here + below) / top[Boolean(row.field)]).toFixed(2)}`,
        "aria-label": `${region.label}, ${row.label}: ${words}`, title: words },
      here > 0 && String(here), below > 0 && h("small", null, `+${below}`), tier.length > 0 && h("i", null, tier.map(mark).join(" "))));
    };
    fill(scroll, rows.length > 0 && key(now, tiers),
      rows.length ? h("table", { class: "matrix" },
        h("caption", { class: "unseen" }, "What regions back, by field or topic"),
        h("thead", null, h("tr", null, h("th", { scope: "col" }, howOf(now) === "fields" ? "field" : "topic"),
          columns.map((c) => h("th", { scope: "col", class: "turned", "aria-sort": now.sort === c.id ? "descending" : null },
            h("a", { href: address({ sel: c.id }) }, name(c.label))))),
        h("tr", { class: "lengths" }, h("th", { scope: "row" }, "paragraphs that people read"), columns.map((c) => h("td", null, String(readParagraphs(c, data)))))),
        h("tbody", null, shown.map(({ row, depth, below, open }) => h("tr", { class: row.field ? "field" : null },
          h("th", { scope: "row", style: `--depth:${depth}`, title: row.scheme || null },
            below > 0 ? button(open ? "▾" : "▸", () => turn(row), { class: "turn", "aria-expanded": String(open), "aria-label": `${open ? "Close" : "Open"} ${row.label}` })
              : howOf(now) !== "stated" && h("span", { class: "turn", "aria-hidden": "true" }),
            row.field ? name(row.label) : h("a", { href: address({ sel: row.id }) }, name(row.label))),
          columns.map((c) => cell(row, c)))))) : h("p", { class: "say" }, "No statement passes the filters."),
      rows.length > MOST && h("p", { class: "quiet" }, `${rows.length - MOST} rows are not shown: narrow them by a word.`));
    say(`${rows.length} rows`);
  }

  return { update, csv(now) {
    const { rows, columns, cells } = matrixRows(data, now);
    const values = (row, cell) => [...numbers(row, cell), tiersOf(row, cell).join(";"), cell ? doubts(cell) : 0];
    return [["row", "label", "depth", "counted", ...columns.flatMap((c) => [c.label, `${c.label} (below)`, `${c.label} (tier)`, `${c.label} (in doubt)`])],
      ...rows.map(({ row, depth }) => [row.id, row.label, depth, row.field ? "topics" : "statements", ...columns.flatMap((c) => values(row, cells.get(row).get(c)))])];
  } };
}
