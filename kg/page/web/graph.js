// The picture: vis-network keeps nodes, camera and pointers; lines, marks and names are drawn by us.

import { drawLegend } from "./bar.js";
import { makeCamera } from "./camera.js";
import { add, button, byId, count, fill, h } from "./dom.js";
import { passing } from "./filter.js";
import { drawLines, drawMark, drawNames, GROUPS, growth, palette, radius } from "./marks.js";
import { scene, shortest } from "./scene.js";
import { go, state, toggle } from "./state.js";
import { doubts, sentence } from "./words.js";

const MANY = 2500; // lines from which they are thinned, and left out while the picture moves
const REACH = 7; // pixels round a line within which a click means it
const DOUBLE = 400; // milliseconds in which a second click makes a double one: until then nothing moves

export function makeGraph(data, stage) {
  const box = h("div", { class: "canvas", id: "canvas", tabindex: "0", role: "application",
    "aria-roledescription": "graph", "aria-describedby": "canvas-keys" });
  const keys = h("p", { class: "unseen", id: "canvas-keys" },
    "Arrow keys go to the nearest entity that way, Enter reads its evidence, E keeps its neighbours open, ",
    "plus and minus zoom, 0 shows all. The button List gives the same as text.");
  const tip = h("div", { class: "tip", hidden: true });
  const zoom = h("div", { class: "zoom" },
    button("+", () => camera.zoomBy(1.4), { "aria-label": "Zoom in" }),
    button("−", () => camera.zoomBy(1 / 1.4), { "aria-label": "Zoom out" }),
    button("⤢", () => camera.fit(view.nodes), { "aria-label": "Show all", title: "Show all" }));
  const legend = h("fieldset", { class: "legend" });
  const around = h("div", { class: "around" }, box, keys, tip, zoom);
  add(stage, [around, legend]);

  const nodes = new vis.DataSet();
  let view = { nodes: [], lines: [], links: [] };
  let paint = palette();
  let moving = false, hovered = null, onMark = false, chosen = new Map(), close = null, ranked = [], names = [];
  let last = null, clicked = -DOUBLE; // the entity of the last click, and when it was

  const network = new vis.Network(box, { nodes, edges: [] }, {
    physics: false, layout: { improvedLayout: false }, autoResize: true,
    interaction: { hover: true, keyboard: false, selectConnectedEdges: false, multiselect: false, tooltipDelay: 1e9,
      zoomSpeed: 0.6 },
    nodes: { shape: "custom", ctxRenderer: mark },
  });

  const camera = makeCamera(network, box);
  box.firstElementChild.tabIndex = -1; // the box itself takes the focus

  function mark({ ctx, id, x, y }) {
    const entity = data.entities[id];
    const scale = network.getScale();
    const side = Math.max(radius(entity) * 2 * growth(scale, view.nodes.length), 16 / scale);
    return { drawNode: () => paintMark(ctx, entity, x, y), nodeDimensions: { width: side, height: side } };
  }

  function paintMark(ctx, entity, x, y) {
    const scale = network.getScale();
    const dim = close !== null && !close.has(entity);
    const strong = entity.id === state().sel || entity === hovered;
    drawMark(ctx, entity, x, y, { paint, dim, strong, scale, boost: growth(scale, view.nodes.length) });
  }

  function paintLines(ctx) {
    const many = view.lines.length > MANY;
    if (many && moving) return;
    const scale = network.getScale();
    drawLines(ctx, view.lines, view.links, { paint, chosen, scale, many, boost: growth(scale, view.nodes.length) });
  }

  // The names over a context that counts in pixels of the screen.
  function paintNames(ctx) {
    const scale = network.getScale(), middle = network.getViewPosition();
    const size = [box.clientWidth, box.clientHeight];
    names = drawNames(ctx, ranked, { paint, size, scale, boost: growth(scale, view.nodes.length), most: moving && ranked.length > 3000 ? 25 : 140,
      always: (e) => Boolean(close?.has(e)) || e === hovered,
      forced: (e) => e === hovered || (close !== null && close.size <= 40 && close.has(e)),
      faint: (e) => close !== null && !close.has(e),
      toScreen: (e) => [(e.x - middle.x) * scale + size[0] / 2, (e.y - middle.y) * scale + size[1] / 2] });
  }

  network.on("beforeDrawing", paintLines);
  network.on("afterDrawing", (ctx) => {
    const ratio = ctx.canvas.width / ctx.canvas.clientWidth;
    ctx.save();
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    paintNames(ctx);
    ctx.restore();
  });

  // What is on screen, drawn anew at another resolution and place.
  function draw(ctx, ratio, [left, top]) {
    const scale = network.getScale(), middle = network.getViewPosition();
    const [wide, high] = [box.clientWidth, box.clientHeight];
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, wide, high);
    ctx.clip();
    ctx.setTransform(ratio * scale, 0, 0, ratio * scale,
      ratio * (left + wide / 2 - middle.x * scale), ratio * (top + high / 2 - middle.y * scale));
    paintLines(ctx);
    for (const entity of view.nodes) paintMark(ctx, entity, entity.x, entity.y);
    ctx.setTransform(ratio, 0, 0, ratio, ratio * left, ratio * top);
    paintNames(ctx);
    ctx.restore();
  }

  // A mark, else the mark whose name is there: a name lies over lines.
  const entityAt = (hit, { x, y }) => (hit.length ? data.entities[hit[0]]
    : names.find(({ box: [left, top, right, bottom] }) => left <= x && x <= right && top <= y && y <= bottom)?.entity);

  network.on("click", ({ nodes: hit, pointer, event }) => {
    box.focus({ preventScroll: true });
    const entity = entityAt(hit, pointer.DOM);
    const again = entity && entity === last && event.srcEvent.timeStamp - clicked < DOUBLE;
    clicked = event.srcEvent.timeStamp;
    last = again ? null : entity;
    if (entity) return go({ view: "graph", sel: entity.id, path: "", ...(again ? toggle("open", entity.id) : {}) });
    const line = lineAt(pointer.canvas);
    go({ sel: line ? `${line.from.id}>${line.to.id}` : "", path: "" });
  });
  // A quick second click comes as this alone, a slow one as a click.
  network.on("doubleClick", () => {
    if (last) go({ sel: last.id, ...toggle("open", last.id) });
    last = null;
  });
  network.on("hoverNode", ({ node, event }) => { onMark = true; point(data.entities[node], event); });
  network.on("blurNode", () => { onMark = false; point(null); });
  network.on("dragStart", ({ nodes: hit }) => { moving = true; tip.hidden = true; if (hit.length) network.unselectAll(); });
  network.on("dragging", ({ nodes: hit }) => {
    for (const id of hit) Object.assign(data.entities[id], network.getPosition(id));
  });
  network.on("dragEnd", () => { moving = false; network.redraw(); });
  let resting = 0;
  network.on("zoom", () => {
    moving = true;
    clearTimeout(resting);
    resting = setTimeout(() => { moving = false; network.redraw(); }, 160);
  });
  box.addEventListener("mousemove", (event) => {
    if (onMark || moving || event.buttons) return;
    const spot = box.getBoundingClientRect();
    const at = { x: event.clientX - spot.left, y: event.clientY - spot.top };
    const entity = entityAt([], at) ?? null;
    if (entity !== hovered) point(entity, event);
    if (entity) return;
    const line = lineAt(network.DOMtoCanvas(at));
    box.style.cursor = line ? "pointer" : "";
    if (!line) { tip.hidden = true; return; }
    const records = passing(line, view.filter);
    show(event, [h("strong", null, sentence(records[0])), h("q", null, records[0].quote),
      doubts(records[0], data).map(([text]) => h("span", { class: "doubt" }, text)), records[0].note && h("span", null, records[0].note),
      records.length > 1 && h("span", null, `and ${count(records.length - 1, "more statement")}`)]);
  });
  box.addEventListener("mouseleave", () => { tip.hidden = true; });
  box.addEventListener("keydown", keyed);

  function point(entity, event) {
    hovered = entity;
    box.style.cursor = entity ? "pointer" : "";
    tip.hidden = true;
    if (entity) {
      show(event, [h("strong", null, entity.label), entity.zh && h("span", { lang: "zh" }, entity.zh),
        entity.doubt && h("span", { class: "doubt" }, entity.doubt), h("span", null, `${entity.kind.label} · ${count(entity.near.size, "neighbour")}`)]);
    }
    network.redraw();
  }

  function show(event, parts) {
    if (!event) return;
    fill(tip, parts).hidden = false;
    const spot = stage.getBoundingClientRect();
    const x = event.clientX - spot.left, y = event.clientY - spot.top;
    tip.style.left = `${Math.max(4, Math.min(x + 14, spot.width - tip.offsetWidth - 8))}px`;
    tip.style.top = `${Math.max(4, Math.min(y + 16, spot.height - tip.offsetHeight - 8))}px`;
  }

  function lineAt({ x, y }) {
    const reach = REACH / network.getScale();
    let best = null, least = reach;
    for (const line of view.lines) {
      const { from, to } = line;
      if (Math.min(from.x, to.x) - reach > x || Math.max(from.x, to.x) + reach < x) continue;
      if (Math.min(from.y, to.y) - reach > y || Math.max(from.y, to.y) + reach < y) continue;
      const dx = to.x - from.x, dy = to.y - from.y;
      const t = Math.max(0, Math.min(1, ((x - from.x) * dx + (y - from.y) * dy) / (dx * dx + dy * dy || 1)));
      const far = Math.hypot(from.x + t * dx - x, from.y + t * dy - y) - (chosen.has(line) ? reach / 3 : 0);
      if (far < least) { least = far; best = line; }
    }
    return best;
  }

  function keyed(event) {
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const at = data.byId.get(state().sel);
    if (ways[event.key]) {
      const [dx, dy] = ways[event.key];
      const from = at?.placed ? at : network.getViewPosition();
      let best = null, least = Infinity;
      for (const entity of view.nodes) {
        const x = entity.x - from.x, y = entity.y - from.y, along = x * dx + y * dy;
        const cost = along > 1 ? along + 2.5 * Math.abs(x * dy - y * dx) : Infinity;
        if (entity !== at && cost < least) { least = cost; best = entity; }
      }
      if (best) go({ sel: best.id });
    } else if (event.key === "Enter") byId("panel").focus();
    else if (event.key === "e" && at) go(toggle("open", at.id));
    else if (event.key === "+" || event.key === "=") camera.zoomBy(1.4);
    else if (event.key === "-") camera.zoomBy(1 / 1.4);
    else if (event.key === "0") camera.fit(view.nodes);
    else return;
    event.preventDefault();
  }

  function rank() {
    const first = (e) => (e.id === state().sel ? 3 : 0) + (close?.has(e) ? 2 : 0) + (e.region ? 1 : 0);
    ranked = [...view.nodes].sort((a, b) => first(b) - first(a) || b.near.size - a.near.size || a.number - b.number);
    network.redraw();
  }

  function select(now) {
    const centre = data.byId.get(now.sel);
    chosen = new Map();
    close = null;
    const path = pathOf(now);
    const pick = (line) => chosen.set(line, centre ? paint.of((line.from === centre ? line.to : line.from).group) : null);
    if (path) {
      close = new Set(path);
      view.lines.filter((l) => close.has(l.from) && close.has(l.to) &&
        Math.abs(path.indexOf(l.from) - path.indexOf(l.to)) === 1).forEach(pick);
    } else if (centre?.placed) {
      view.lines.filter((l) => l.from === centre || l.to === centre).forEach(pick);
      close = new Set([centre, ...[...chosen.keys()].flatMap((l) => [l.from, l.to])]);
    } else if (now.sel) {
      const record = data.records.get(now.sel.replace(/^(statement|target):/, ""));
      const [from, to] = record ? [record.s, record.o] : now.sel.split(">").map((id) => data.byId.get(id));
      view.lines.filter((l) => l.from === from && l.to === to).forEach(pick);
      if (chosen.size) close = new Set([from, to]);
    }
  }

  const pathOf = (now) => {
    if (!now.path.includes(">")) return null;
    const [from, to] = now.path.split(">").map((id) => data.byId.get(id));
    return shortest(from, to, now, data);
  };

  let first = true;
  function update(now, before) {
    drawLegend(legend, data, now);
    const path = pathOf(now);
    view = scene(now, data, path);
    for (const line of view.lines) {
      const records = passing(line, view.filter);
      line.weight = records.length;
      line.doubtful = records.every((r) => r.doubt.length);
    }
    const wanted = new Set(view.nodes.map((e) => e.number));
    const present = new Set(nodes.getIds());
    const gone = [...present].filter((id) => !wanted.has(id));
    if (gone.length) nodes.remove(gone);
    const fresh = view.nodes.filter((e) => !present.has(e.number));
    if (fresh.length) nodes.add(fresh.map((e) => ({ id: e.number, x: e.x, y: e.y })));
    select(now);
    rank();
    box.setAttribute("aria-label",
      `Graph of ${count(view.nodes.length, "entity")} and ${count(view.lines.length, "line")}`);
    const chose = now.sel + now.path, was = before.sel + before.path;
    if (first || now.show !== before.show || (!chose && !was && fresh.length > 0)) camera.start(close && path ? [...close] : view.nodes, !first);
    else if (chose !== was && !chose) camera.back(view.nodes);
    else if (chose !== was && close) camera.follow([...close], Boolean(was), Boolean(path), clicked + DOUBLE - performance.now());
    first = false;
  }


  return { update, scene: () => view, names: () => names.map(({ entity, text, box: at }) => ({ id: entity.id, text, box: at })),
    picture: () => ({ width: box.clientWidth, height: box.clientHeight, draw }),
    repaint() { paint = palette(); select(state()); network.redraw(); },
    resize() { network.redraw(); }, network };
}
