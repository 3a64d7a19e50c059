// The map: regions at their coordinates, as large as the number of topics they back, of all fields or of one, or of
// statements that back one topic; no borders, only a grid of degrees.

import { choice, count, fill, h, name } from "./dom.js";
import { filters } from "./filter.js";
import { backs, canBeRow, topicsOf, under } from "./rollup.js";
import { exact, suggestions } from "./search.js";
import { address, go } from "./state.js";

// How much of a box lies on others.
const covered = (b, others) => others.reduce((sum, t) => sum + Math.max(0, Math.min(b[2], t[2]) - Math.max(b[0], t[0])) * Math.max(0, Math.min(b[3], t[3]) - Math.max(b[1], t[1])), 0);

const LETTER = 6.6; // width of a letter of a name, about

export function makeMap(data, stage) {
  const controls = h("div", { class: "controls" });
  const box = h("div", { class: "map", id: "map" });
  stage.append(controls, box);
  const places = data.entities.filter((e) => e.point);
  const topics = data.entities.filter((e) => e.root === "Topic" && [...under(e)].some((t) => t.in.some((r) => backs(r))));
  let shown = [], lost = [], noun = "topic";

  function update(now) {
    const filter = filters(now, data);
    const topic = data.byId.get(now.topic) ?? null, field = topic ? null : data.byId.get(now.field) ?? null;
    const inside = data.fields.filter((f) => f.topics.length || f.below.length);
    fill(controls, choice("Field", field?.id ?? "", [["", "all"], ...inside.map((f) => [f.id, `${f.parent ? "\u2003" : ""}${f.label}`])], (id) => go({ field: id, topic: "" })), backing(topic));
    if (!places.length) {
      fill(box, h("p", { class: "say" }, "No place of this graph has coordinates."));
      return;
    }
    const of = topic ? under(topic) : field && Object.values(topicsOf(field)).reduce((all, some) => new Set([...all, ...some]));
    const counted = (entity) => {
      const records = entity.out.filter((r) => backs(r) && filter.test(r) && (of ? of.has(r.o) : canBeRow(r.o)));
      return { entity, n: topic ? records.length : new Set(records.map((r) => r.o)).size, doubtful: records.filter((r) => r.doubt.length).length };
    };
    noun = topic ? "statement" : "topic";
    shown = places.filter((e) => e.region).map(counted).sort((a, b) => b.n - a.n);
    lost = data.regions.filter((e) => !e.point).map(counted);
    draw(now);
  }

  // Any topic that a region backs, by a part of its name: Enter takes the first that is suggested.
  function backing(topic) {
    const names = h("datalist", { id: "topics" });
    const problem = h("span", { class: "quiet", role: "status" });
    const suggest = (event) => {
      fill(names, suggestions(topics, event.target.value).map((t) => h("option", { value: t.label }, t.zh)));
    };
    const choose = (event) => {
      const text = event.target.value.trim();
      const found = text ? exact(topics, text) ?? suggestions(topics, text)[0] : null;
      if (text && !found) problem.textContent = `No region backs anything called ${text}.`;
      else go({ topic: found?.id ?? "", field: "" });
    };
    return [h("label", { class: "choice" }, h("span", null, "Backing"), h("input", { type: "search", list: "topics", id: "backing", placeholder: "anything",
      value: topic?.label ?? "", autocomplete: "off", oninput: suggest, onchange: choose,
      onkeydown: (event) => { if (event.key === "Enter") choose(event); } })), names, problem];
  }

  function draw(now) {
    const wide = Math.max(320, box.clientWidth), high = Math.max(320, box.clientHeight);
    const lats = places.map((e) => e.point[0]), longs = places.map((e) => e.point[1]);
    const [south, north] = [Math.min(...lats) - 2.5, Math.max(...lats) + 2.5];
    const [west, east] = [Math.min(...longs) - 3, Math.max(...longs) + 4];
    const squeeze = Math.cos(((south + north) / 2) * Math.PI / 180);
    const unit = Math.min((wide - 90) / ((east - west) * squeeze), high / (north - south));
    const across = (long) => wide / 2 + (long - (west + east) / 2) * squeeze * unit;
    const down = (lat) => high / 2 - (lat - (south + north) / 2) * unit;
    const most = Math.max(1, ...shown.map((s) => s.n));
    const grid = [];
    for (let lat = Math.ceil((south - 20) / 5) * 5; lat <= north + 20; lat += 5) grid.push(h("line", { x1: 0, x2: wide, y1: down(lat), y2: down(lat) }),
      h("text", { x: 6, y: down(lat) - 4 }, `${lat}° N`));
    for (let long = Math.ceil((west - 40) / 5) * 5; long <= east + 40; long += 5) if (across(long) > 0) grid.push(h("line", { y1: 0, y2: high, x1: across(long), x2: across(long) }),
      h("text", { x: across(long) + 4, y: high - 6 }, `${long}° E`));
    const beside = new Map();
    const placed = shown.map(({ entity, n, doubtful }) => {
      const r = size(n, most), key = entity.point.join();
      const x = across(entity.point[1]) + (beside.get(key) ?? 0), y = down(entity.point[0]);
      beside.set(key, (beside.get(key) ?? 0) + r * 1.6); // a province and its capital stand side by side
      return { entity, n, doubtful, x, y, r };
    });
    const taken = placed.map(({ x, y, r }) => [x - r, y - r, x + r, y + r]);
    const marks = placed.map(({ entity, n, doubtful, x, y, r }) => {
      const w = entity.label.length * LETTER + 22;
      const spots = [[x + r + 5, y + 4, "start"], [x - r - 5, y + 4, "end"], [x, y - r - 6, "middle"], [x, y + r + 15, "middle"], [x + r + 3, y - r - 2, "start"], [x - r - 3, y - r - 2, "end"], [x + r + 3, y + r + 10, "start"], [x - r - 3, y + r + 10, "end"]];
      const area = ([left, base, anchor]) => { const l = anchor === "start" ? left : anchor === "end" ? left - w : left - w / 2; return [l, base - 12, l + w, base + 4]; };
      const over = (s) => { const b = area(s); return covered(b, taken) + (b[0] < 0 || b[2] > wide ? 1e6 : 0); };
      const spot = spots.reduce((best, s) => (over(s) < over(best) ? s : best));
      taken.push(area(spot));
      return h("a", { href: address({ sel: entity.id }), class: `at${now.sel === entity.id ? " on" : ""}${n ? "" : " none"}`, svg: true },
        h("circle", { cx: x, cy: y, r }),
        h("title", null, `${entity.label}: ${count(n, noun)}${doubtful ? `, ${count(doubtful, "statement")} in doubt` : ""}`),
        h("text", { x: spot[0], y: spot[1], "text-anchor": spot[2] }, `${entity.label} `, n > 0 && h("tspan", { class: "num" }, String(n))));
    });
    fill(box, h("p", { class: "quiet corner" }, lost.length > 0 && [`${count(lost.length, "region")} without coordinates: `,
      lost.map(({ entity, n }, at) => [at ? ", " : "", h("a", { href: address({ sel: entity.id }) }, name(entity.label)), n > 0 && ` ${n}`]), ". "],
    places.some((e) => e.kind.id === "Province") && "A province stands where its capital does. ", topicOrField(now), "No borders are drawn."), h("svg", { viewBox: `0 0 ${wide} ${high}`, width: wide, height: high, role: "group", "aria-label": "Regions at their coordinates" },
      h("g", { class: "grid", "aria-hidden": "true" }, grid), marks));
  }

  const topicOrField = (now) => (data.byId.get(now.topic) ? "A number counts statements. " : "A number counts topics that a region backs. ");
  const size = (n, most) => (n ? 5 + 19 * Math.sqrt(n / most) : 4);

  return { update, resize: update, csv: () => [["region", "label", "latitude", "longitude", `${noun}s`, "statements in doubt"],
    ...[...shown, ...lost].map(({ entity, n, doubtful }) => [entity.id, entity.label, ...(entity.point ?? ["", ""]), n, doubtful])] };
}
