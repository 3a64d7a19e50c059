// The graph as a list, for those who read rather than look.

import { button, count, h } from "./dom.js";
import { GROUPS } from "./marks.js";
import { go } from "./state.js";

// Every entity on the picture, and to how many it is joined.
export function makeList(data, view) {
  const parts = Object.entries(GROUPS).map(([group, { label }]) => {
    const members = view.nodes.filter((e) => e.group === group).sort((a, b) => a.label.localeCompare(b.label));
    return members.length > 0 && [h("h2", null, label), h("ul", { class: "plain" }, members.map((entity) => h("li", null,
      button(entity.doubt ? `${entity.label} ?` : entity.label, () => go({ sel: entity.id }), { class: "link" }),
      h("span", { class: "quiet" }, ` ${count(view.lines.filter((l) => l.from === entity || l.to === entity).length, "line")}`))))];
  });
  return h("div", { class: "list", tabindex: "0", role: "region", "aria-label": "The graph as a list" }, parts);
}
