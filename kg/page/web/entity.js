// The page of an entity: what it is called, what lies above and below it, and all that is stated of it.

import { button, byId, count, h, name } from "./dom.js";
import { filters } from "./filter.js";
import { cards, fieldLink, grouped, heading, part } from "./folds.js";
import { regionParts, widen } from "./region.js";
import { address, go, state, toggle } from "./state.js";
import { topicParts } from "./topic.js";
import { entityLink } from "./words.js";

export function about(entity, data, now) {
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
    h("p", { class: "acts" }, (entity.region || entity.root === "Topic") && widen(now), entity.placed && [
      state().view !== "graph" && h("a", { href: address({ view: "graph", full: "" }) }, "Show in the graph"),
      button(now.open.includes(entity.id) ? "Fold neighbours" : "Keep neighbours open", () => go(toggle("open", entity.id)), { class: "link" }),
      button("Path from here", () => pathFrom(entity), { class: "link" })]),
    entity.region ? regionParts(entity, data, filter) : ladder(entity, data),
    entity.fields.map((one) => h("p", { class: "quiet" }, "In the official classification: ", fieldLink(one))),
    entity.root === "Topic" && topicParts(entity, data, filter),
  ];
  const stated = [
    ...grouped(entity.out.filter(filter.test), (r) => r.p.label),
    ...grouped(entity.in.filter(filter.test), (r) => r.p.inverse || `${r.p.phrase} this`),
  ];
  const aims = entity.targets.filter(filter.test);
  const [set, reached] = [aims.filter((t) => !t.result), aims.filter((t) => t.result)];
  if (reached.length && !entity.region) stated.unshift(["results, as reported", reached]);
  if (set.length && !entity.region) stated.unshift(["targets", set]);
  const only = entity.out.filter(filter.test).length + entity.in.filter(filter.test).length;
  const lists = () => stated.map(([title, records]) => cards(title, records, data, { from: entity, level: "h4" }));
  if (entity.region) return [...parts, only > 0 && part("statements", "Every statement", only, lists), part("ladder", "Lies in, and holds", entity.above.length + entity.below.length, () => ladder(entity, data, true))];
  const said = [(only > 0 || !aims.length) && count(only, "statement"), set.length > 0 && count(set.length, "target"), reached.length > 0 && count(reached.length, "result")].filter(Boolean).join(", ");
  const all = entity.out.length + entity.in.length + entity.targets.length;
  return [...parts, h("h3", { class: "rule" }, said, only + aims.length < all && h("span", { class: "quiet" }, ` of ${all} pass the filters`)), lists()];
}

// After the click, since a click outside the form closes it.
function pathFrom(entity) {
  go({ view: "graph", as: "", full: "" });
  setTimeout(() => {
    byId("from").value = entity.label;
    byId("routes").open = true;
    byId("to").focus();
  });
}

export function ladder(entity, data, open = false) {
  const named = (relation) => data.predicates.find((p) => p.id === relation)?.label ?? relation;
  const step = (title, rungs) => rungs.length > 0 && h("details", { class: "ladder", open },
    h("summary", null, `${title} `, h("span", { class: "quiet" }, String(rungs.length))),
    h("ul", { class: "plain" }, rungs.map(({ entity: other, relation, ground: why, record }) => h("li", null, entityLink(other),
      h("span", { class: "quiet" }, ` ${relation === "skos:broader" ? "" : `${named(relation)}, `}${record ? `stated, ¶ ${record.paragraph}` : `assumed: ${why}`}`)))));
  return [step("Part or kind of", entity.above), step("Parts and kinds of it", entity.below)];
}

