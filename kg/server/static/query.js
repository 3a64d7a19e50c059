// The query page: run what the editor holds, show it as table, chart or graph, complete terms and names.
"use strict";

const BASE = "https://w3id.org/regiograph/";
const $ = (selector, within = document) => within.querySelector(selector);

function make(tag, text, attributes = {}) {
  const node = tag.startsWith("svg:")
    ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4)) : document.createElement(tag);
  if (text) node.textContent = text;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

const short = (iri) => iri.startsWith(BASE) ? iri.slice(BASE.length) : iri;

function cell(value) {
  if (!value) return document.createTextNode("");
  if (value.type !== "uri") return document.createTextNode(value.value);
  const ours = value.value.startsWith(BASE);
  if (!ours && !/^https?:/.test(value.value)) return document.createTextNode(value.value);
  return make("a", short(value.value), { href: ours ? "/" + short(value.value) : value.value, rel: "noopener" });
}

function table(names, rows) {
  const shown = make("table");
  const head = shown.createTHead().insertRow();
  for (const name of names) head.append(make("th", name));
  const body = shown.createTBody();
  for (const row of rows.slice(0, 2000)) {
    const line = body.insertRow();
    for (const name of names) line.insertCell().append(cell(row[name]));
  }
  const wide = make("div", "", { class: "wide" });
  wide.append(shown);
  return wide;
}

const number = (value) => value && value.type !== "uri" && value.value.trim() !== "" ? Number(value.value) : NaN;

function chart(names, rows) {
  const measure = names.find((name) => rows.length && rows.every((row) => !Number.isNaN(number(row[name]))));
  const label = names.find((name) => name !== measure);
  if (!measure || !label) return make("p", "A chart needs a column of numbers beside another one.");
  const bars = rows.slice(0, 100);
  const most = Math.max(...bars.map((row) => Math.abs(number(row[measure]))), 1e-9);
  const drawing = make("svg:svg", "", { viewBox: `0 0 800 ${bars.length * 22 + 10}`, role: "img" });
  bars.forEach((row, at) => {
    const y = at * 22 + 6;
    drawing.append(
      make("svg:text", short(row[label]?.value ?? "").slice(0, 42), { x: 4, y: y + 13 }),
      make("svg:rect", "", { x: 300, y, width: Math.abs(number(row[measure])) / most * 420, height: 16 }),
      make("svg:text", row[measure].value, { x: 306 + Math.abs(number(row[measure])) / most * 420, y: y + 13 }));
  });
  return drawing;
}

function network(names, rows) {
  const nodes = new Map();
  const edges = [];
  for (const row of rows.slice(0, 400)) {
    const ends = names.map((name) => row[name]).filter((value) => value?.type === "uri");
    if (ends.length < 2) continue;
    const pair = [ends[0].value, ends[ends.length - 1].value];
    for (const end of pair) {
      const angle = nodes.size * 2.399963;
      if (!nodes.has(end)) nodes.set(end, { x: Math.cos(angle) * 12 * Math.sqrt(nodes.size + 1),
        y: Math.sin(angle) * 12 * Math.sqrt(nodes.size + 1) });
    }
    edges.push(pair.map((end) => nodes.get(end)));
  }
  if (!edges.length) return make("p", "A graph needs rows with two things in them.");
  settle([...nodes.values()], edges);
  const all = [...nodes.values()];
  const reach = Math.max(...all.map((node) => Math.max(Math.abs(node.x), Math.abs(node.y)))) + 60;
  const drawing = make("svg:svg", "", { viewBox: `${-reach} ${-reach * 0.7} ${reach * 2} ${reach * 1.4}`, role: "img" });
  for (const [from, to] of edges) drawing.append(make("svg:line", "", { x1: from.x, y1: from.y, x2: to.x, y2: to.y }));
  for (const [iri, node] of nodes) {
    const link = make("svg:a", "", iri.startsWith(BASE) ? { href: "/" + short(iri) } : {});
    link.append(make("svg:circle", "", { cx: node.x, cy: node.y, r: 5 }),
      make("svg:text", short(iri).split("/").pop().slice(0, 40), { x: node.x + 7, y: node.y + 4 }));
    drawing.append(link);
  }
  return drawing;
}

function settle(nodes, edges) {
  for (let step = 0; step < 150; step += 1) {
    const heat = 12 * (1 - step / 150);
    for (const node of nodes) { node.dx = 0; node.dy = 0; }
    for (let i = 0; i < nodes.length; i += 1) {
      for (let j = i + 1; j < nodes.length; j += 1) {
        const x = nodes[i].x - nodes[j].x, y = nodes[i].y - nodes[j].y;
        const push = 1600 / (x * x + y * y + 0.01);
        nodes[i].dx += x * push; nodes[i].dy += y * push;
        nodes[j].dx -= x * push; nodes[j].dy -= y * push;
      }
    }
    for (const [from, to] of edges) {
      const x = (from.x - to.x) * 0.05, y = (from.y - to.y) * 0.05;
      from.dx -= x; from.dy -= y; to.dx += x; to.dy += y;
    }
    for (const node of nodes) {
      const length = Math.hypot(node.dx, node.dy) || 1;
      node.x += node.dx / length * Math.min(length, heat);
      node.y += node.dy / length * Math.min(length, heat);
    }
  }
}

function show(place, names, rows, query) {
  const views = { table, chart, graph: network };
  const bar = make("div", "", { class: "views" });
  const body = make("div");
  for (const [name, draw] of Object.entries(views)) {
    const button = make("button", name, { type: "button" });
    button.onclick = () => {
      body.replaceChildren(draw(names, rows));
      const address = new URL(location);
      address.searchParams.set("view", name);
      history.replaceState(null, "", address);
    };
    bar.append(button);
  }
  for (const form of ["csv", "json"]) {
    bar.append(make("a", form.toUpperCase(), { href: "/sparql?" + new URLSearchParams({ query, format: form }),
      download: `answer.${form}` }));
  }
  bar.append(make("span", `${rows.length} rows${rows.length > 2000 ? ", the first 2000 shown" : ""}`));
  place.replaceChildren(bar, body);
  const chosen = views[new URLSearchParams(location.search).get("view")] ?? table;
  body.append(chosen(names, rows));
}

async function run(query, place) {
  place.replaceChildren(make("p", "running ..."));
  const answer = await fetch("/sparql", {
    method: "POST",
    headers: { "Content-Type": "application/sparql-query",
      Accept: "application/sparql-results+json, text/turtle;q=0.8" },
    body: query,
  });
  const text = await answer.text();
  if (!answer.ok) return place.replaceChildren(make("p", text, { class: "trouble" }));
  if (!answer.headers.get("Content-Type").includes("json")) return place.replaceChildren(make("pre", text));
  const found = JSON.parse(text);
  if ("boolean" in found) return place.replaceChildren(make("p", found.boolean ? "yes" : "no"));
  return show(place, found.head.vars, found.results.bindings, query);
}

async function words(prefix) {
  const [terms, entities] = await Promise.all([
    fetch("/ns.json").then((answer) => answer.json()),
    fetch("/reconcile/suggest/entity?" + new URLSearchParams({ prefix })).then((answer) => answer.json()),
  ]);
  const folded = prefix.replace(/^kg:/, "").toLowerCase();
  const ours = [...new Map(terms.map((row) => [row.term, row])).values()]
    .map((row) => ({ put: "kg:" + row.term.split("#")[1], say: row.label }))
    .filter((one) => (one.put + " " + one.say).toLowerCase().includes(folded)).slice(0, 12);
  const things = entities.result.map((one) => ({ put: one.id.replace("/", ":"), say: one.name }));
  return [...ours, ...things];
}

function complete(area, list) {
  const before = area.value.slice(0, area.selectionStart);
  const prefix = /[\p{L}\p{N}:_-]*$/u.exec(before)[0];
  words(prefix || "a").then((found) => {
    list.replaceChildren(...found.map((one, at) => {
      const item = make("li", `${one.put}  ${one.say}`, { role: "option", "aria-selected": at === 0 });
      item.onclick = () => put(area, list, prefix, one.put);
      item.dataset.put = one.put;
      return item;
    }));
    list.dataset.prefix = prefix;
    list.hidden = !found.length;
  });
}

function put(area, list, prefix, text) {
  const at = area.selectionStart;
  area.setRangeText(text, at - prefix.length, at, "end");
  list.hidden = true;
  area.focus();
}

function editor(form) {
  const area = $("textarea", form), list = $("#completions"), place = $("#result");
  const start = () => {
    const address = new URL(location);
    address.searchParams.set("query", area.value);
    history.replaceState(null, "", address);
    run(area.value, place);
  };
  form.onsubmit = (event) => { event.preventDefault(); start(); };
  area.onkeydown = (event) => {
    if (event.ctrlKey && event.key === " ") { event.preventDefault(); complete(area, list); return; }
    if (event.ctrlKey && event.key === "Enter") { event.preventDefault(); start(); return; }
    if (list.hidden) return;
    const items = [...list.children], at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
    if (event.key === "Escape") { list.hidden = true; return; }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = (at + (event.key === "ArrowDown" ? 1 : items.length - 1)) % items.length;
      items.forEach((item, i) => item.setAttribute("aria-selected", i === next));
      items[next].scrollIntoView({ block: "nearest" });
    } else if (event.key === "Tab" || event.key === "Enter") {
      event.preventDefault();
      put(area, list, list.dataset.prefix, items[at].dataset.put);
    }
  };
  if (new URLSearchParams(location.search).has("query")) run(area.value, place);
}

function parameters() {
  for (const input of document.querySelectorAll("input[data-type]")) {
    const type = input.dataset.type;
    const kind = type.endsWith("class") ? "type" : type === "predicate" ? "property" : "entity";
    const service = `/reconcile/suggest/${kind}?`;
    input.addEventListener("input", async () => {
      if (input.value.length < 2) return;
      const answer = await fetch(service + new URLSearchParams({ prefix: input.value }));
      const found = await answer.json();
      $(`#names-${input.name}`).replaceChildren(...found.result.map((one) => make("option", one.id, { value: one.name })));
    });
  }
}

const form = $("#editor");
if (form) editor(form);
parameters();
