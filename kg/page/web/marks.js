// Drawing on the picture's canvas: lines below, marks by kind, names above that never lie on one another.

import { colours } from "./dom.js";

export const GROUPS = {
  Region: { label: "regions", shape: "disc" },
  Topic: { label: "sectors, technologies, ideas", shape: "disc" },
  Project: { label: "projects", shape: "square" },
  Programme: { label: "programmes, plans", shape: "diamond" },
  Place: { label: "places, zones, parks", shape: "ring" },
  Organisation: { label: "companies, bodies", shape: "triangle" },
  Event: { label: "events", shape: "cross" },
  Person: { label: "people", shape: "drop" },
};

export const groups = (data) => Object.keys(GROUPS).filter((g) => data.entities.some((e) => e.placed && e.group === g));

export function palette() {
  const names = ["ink", "muted", "paper", "edge", "accent", ...Object.keys(GROUPS).map((g) => `k-${g.toLowerCase()}`)];
  const found = colours(names);
  return { ...found, of: (group) => found[`k-${group.toLowerCase()}`] ?? found.muted };
}

export function radius(entity) {
  return entity.region ? 13 + Math.min(9, Math.sqrt(entity.near.size) * 0.7)
    : 4.5 + Math.min(11, Math.sqrt(entity.near.size) * 1.7);
}

// Few marks are never drawn as small as many have to be: by how much a mark grows at a scale.
export function growth(scale, number) {
  return Math.max(1, Math.min(3, (number < 300 ? 0.5 : number < 1200 ? 0.42 : 0.2) / scale));
}

export function trace(ctx, shape, x, y, r) {
  ctx.beginPath();
  if (shape === "square") ctx.rect(x - r * 0.88, y - r * 0.88, r * 1.76, r * 1.76);
  else if (shape === "diamond") polygon(ctx, [[x, y - r * 1.2], [x + r * 1.2, y], [x, y + r * 1.2], [x - r * 1.2, y]]);
  else if (shape === "triangle") polygon(ctx, [[x, y - r * 1.15], [x + r * 1.1, y + r * 0.8], [x - r * 1.1, y + r * 0.8]]);
  else if (shape === "drop") polygon(ctx, [[x, y + r * 1.15], [x + r * 1.1, y - r * 0.8], [x - r * 1.1, y - r * 0.8]]);
  else if (shape === "cross") {
    const a = r * 0.42, b = r * 1.1;
    polygon(ctx, [[-a, -b], [a, -b], [a, -a], [b, -a], [b, a], [a, a], [a, b], [-a, b], [-a, a], [-b, a], [-b, -a], [-a, -a]]
      .map(([dx, dy]) => [x + dx, y + dy]));
  } else ctx.arc(x, y, r, 0, 2 * Math.PI);
}

function polygon(ctx, points) {
  points.forEach(([x, y], at) => (at ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
  ctx.closePath();
}

export function drawMark(ctx, entity, x, y, look) {
  const { paint, dim, strong, scale, boost } = look;
  const colour = paint.of(entity.group);
  const shape = GROUPS[entity.group]?.shape ?? "disc";
  const r = Math.max(radius(entity) * boost, 2.2 / scale);
  ctx.save();
  ctx.globalAlpha = dim ? 0.16 : 1;
  trace(ctx, shape, x, y, shape === "ring" ? r * 0.86 : r);
  ctx.fillStyle = shape === "ring" ? paint.paper : colour;
  ctx.fill();
  ctx.lineWidth = shape === "ring" ? Math.max(r * 0.38, 1.2 / scale) : Math.min(1.5 / scale, 2.5);
  ctx.strokeStyle = shape === "ring" ? colour : paint.paper;
  ctx.stroke();
  if (strong) {
    trace(ctx, "disc", x, y, r + 5 / scale);
    ctx.lineWidth = 2.25 / scale;
    ctx.strokeStyle = paint.accent;
    ctx.stroke();
  }
  ctx.restore();
}

// Lines in few strokes: plain ones together, those of the selection over them, coloured and with a head.
export function drawLines(ctx, lines, links, look) {
  const { paint, chosen, scale, many, boost } = look;
  const some = chosen.size > 0;
  ctx.save();
  ctx.lineCap = "round";
  ctx.strokeStyle = paint.edge;
  const dots = [1.5 / scale, 4 / scale]; // of lines whose every statement is in doubt
  for (const [heavy, doubtful] of [[false, false], [true, false], [false, true]]) {
    ctx.beginPath();
    for (const line of lines) {
      if (line.doubtful !== doubtful || (!doubtful && line.weight > 2 !== heavy)) continue;
      ctx.moveTo(line.from.x, line.from.y);
      ctx.lineTo(line.to.x, line.to.y);
    }
    ctx.globalAlpha = some ? 0.1 : many ? 0.16 : heavy || doubtful ? 0.6 : 0.36;
    ctx.lineWidth = (heavy ? 1.8 : 0.9) / Math.max(scale, 0.5);
    ctx.setLineDash(doubtful && !many ? dots : []);
    ctx.stroke();
  }
  ctx.setLineDash([]);
  if (links.length) {
    ctx.beginPath();
    for (const { child, parent } of links) {
      ctx.moveTo(child.x, child.y);
      ctx.lineTo(parent.x, parent.y);
    }
    ctx.globalAlpha = some ? 0.2 : 0.5;
    ctx.lineWidth = 1 / Math.max(scale, 0.5);
    ctx.setLineDash([4 / scale, 4 / scale]);
    ctx.strokeStyle = paint["k-topic"];
    ctx.stroke();
    ctx.setLineDash([]);
  }
  const lots = chosen.size > 30;
  ctx.globalAlpha = lots ? 0.4 : 0.8;
  for (const line of lines) {
    if (!chosen.has(line)) continue;
    ctx.strokeStyle = ctx.fillStyle = chosen.get(line) ?? paint.accent;
    ctx.lineWidth = (lots ? 1 : Math.min(0.9 + Math.log2(line.weight + 1) * 0.6, 4)) / Math.max(scale, 0.45);
    ctx.beginPath();
    ctx.moveTo(line.from.x, line.from.y);
    ctx.lineTo(line.to.x, line.to.y);
    ctx.setLineDash(line.doubtful ? dots : []);
    ctx.stroke();
    ctx.setLineDash([]);
    if (!lots) head(ctx, line, scale, boost);
  }
  ctx.restore();
}

function head(ctx, { from, to }, scale, boost) {
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  const back = radius(to) * boost + 2 / scale, size = 7 / Math.max(scale, 0.45);
  const x = to.x - Math.cos(angle) * back, y = to.y - Math.sin(angle) * back;
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(x - Math.cos(angle - 0.4) * size, y - Math.sin(angle - 0.4) * size);
  ctx.lineTo(x - Math.cos(angle + 0.4) * size, y - Math.sin(angle + 0.4) * size);
  ctx.fill();
}

const LEGIBLE = 3.8; // pixels of radius from which a mark has its name
const FEW = 40; // up to so many entities all have their name
const FIRST = 10; // so many of those with most neighbours have it too, even over a mark
const OBSTACLES = 500; // so many marks are kept clear of names
const widths = new Map();

// How much of some marks a name would hide.
const hides = (b, marks) => marks.reduce((sum, t) => sum + Math.max(0, Math.min(b[2], t[2]) - Math.max(b[0], t[0])) * Math.max(0, Math.min(b[3], t[3]) - Math.max(b[1], t[1])), 0);

const least = (places, cost) => places.reduce((best, at) => (!best || cost(at) < cost(best) ? at : best), undefined);

// Names of one size whatever the zoom, most important first; one that would lie on another or on a mark is
// left out, unless there are few. Returns the entities that were named, with the boxes of their names.
export function drawNames(ctx, entities, look) {
  const { paint, toScreen, size, scale, boost, faint, always, forced, most } = look;
  const taken = [], marks = [], named = [];
  const font = getComputedStyle(document.body).fontFamily;
  const free = (box, among) => !among.some((t) => box[0] < t[2] && t[0] < box[2] && box[1] < t[3] && t[1] < box[3]);
  const spots = [];
  for (const entity of entities) {
    const [x, y] = toScreen(entity);
    if (x < -60 || y < -20 || x > size[0] + 60 || y > size[1] + 20) continue;
    const r = radius(entity) * scale * boost;
    spots.push([entity, x, y, r]);
    if (entity.region) taken.push([x - r, y - r, x + r, y + r]);
    else if (r > 2.5 && marks.length < OBSTACLES) marks.push([x - r, y - r, x + r, y + r]);
  }
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  const regions = spots.filter(([entity]) => entity.region).length;
  let drawn = 0;
  for (const [entity, x, y, r] of spots) {
    if (drawn >= most) break;
    const big = entity.region;
    if (r < LEGIBLE && !big && !always(entity) && entities.length > FEW) continue;
    ctx.font = `${big ? 600 : 400} ${big ? 13 : 12}px ${font}`;
    const text = `${short(entity.label)}${entity.doubt ? " ?" : ""}`;
    const key = `${big}${text}`;
    if (!widths.has(key)) widths.set(key, ctx.measureText(text).width);
    const w = widths.get(key), half = 8;
    const area = ([left, mid]) => [left - 2, mid - half, left + w + 2, mid + half];
    const around = [[x - w / 2, y + r + 9.5], [x - w / 2, y - r - 9.5], [x + r + 5, y], [x - r - 5 - w, y],
      [x - r, y + r + 9.5], [x + r - w, y + r + 9.5], [x - r, y - r - 9.5], [x + r - w, y - r - 9.5]];
    const places = around.filter((at) => at[0] > 2 && at[0] + w < size[0] - 2 && free(area(at), taken));
    const must = entities.length <= FEW;
    const spot = places.find((at) => !hides(area(at), marks)) ??
      (big || must || forced(entity) || drawn < regions + FIRST ? least(places, (at) => hides(area(at), marks)) : undefined) ??
      (must ? least(around.map(([left, mid]) => [Math.max(3, Math.min(left, size[0] - w - 3)), mid]), (at) => hides(area(at), taken)) : undefined);
    if (!spot) continue;
    const [left, mid] = spot;
    taken.push(area(spot));
    named.push({ entity, text, box: taken.at(-1) });
    const dim = faint(entity);
    ctx.globalAlpha = dim ? 0.35 : 1;
    ctx.lineWidth = 3.5;
    ctx.strokeStyle = paint.paper;
    ctx.strokeText(text, left, mid);
    ctx.fillStyle = big ? paint.ink : paint.muted;
    ctx.fillText(text, left, mid);
    drawn += 1;
  }
  ctx.globalAlpha = 1;
  return named;
}

const MOST = 38;
const shorts = new Map();

function short(label) {
  if (!shorts.has(label)) {
    const clean = label.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "");
    shorts.set(label, clean.length > MOST ? `${clean.slice(0, MOST - 1).trimEnd()}…` : clean);
  }
  return shorts.get(label);
}
