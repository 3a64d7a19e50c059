// The camera of the picture: it fits what is shown, follows what is chosen, and comes back where it was.

import { byId } from "./dom.js";

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export function makeCamera(network, box) {
  let home = null, waiting = 0; // where it was before a selection moved it

  function zoomBy(factor) {
    network.moveTo({ scale: network.getScale() * factor, animation: glide(200) });
  }
  const glide = (duration) => (still() ? false : { duration, easingFunction: "easeInOutQuad" });

  function fit(entities, animate = true) {
    if (!entities.length) return;
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const { x, y } of entities) {
      left = Math.min(left, x); right = Math.max(right, x); top = Math.min(top, y); bottom = Math.max(bottom, y);
    }
    const wide = box.clientWidth - Math.min(170, box.clientWidth * 0.14), under = covered();
    const high = box.clientHeight - 92 - under;
    const scale = Math.min(wide / (right - left + 1), Math.max(high, 60) / (bottom - top + 1), 1.3);
    network.moveTo({ position: { x: (left + right) / 2, y: (top + bottom) / 2 + (under / 2 - 1) / scale }, scale: Math.max(scale, 0.02),
      animation: animate && glide(380) });
  }

  // On a phone the panel lies over the lower part of the picture.
  function covered() {
    const panel = byId("panel");
    if (getComputedStyle(panel).position !== "fixed" || !panel.offsetHeight) return 0;
    return Math.max(0, box.getBoundingClientRect().bottom - panel.getBoundingClientRect().top - 40);
  }

  function inView(entities) {
    const scale = network.getScale(), middle = network.getViewPosition();
    return entities.every(({ x, y }) => Math.abs(x - middle.x) * scale < box.clientWidth / 2 - 20 &&
      (y - middle.y) * scale < box.clientHeight / 2 - 14 - covered() && (middle.y - y) * scale < box.clientHeight / 2 - 14);
  }

  return { zoomBy, fit,
    start(entities, animate) {
      clearTimeout(waiting);
      home = null;
      fit(entities, animate);
    },
    // To what was chosen, after `wait` milliseconds: where something had been chosen before, home stays.
    follow(entities, before, always, wait) {
      clearTimeout(waiting);
      if (!home && !always && inView(entities)) return;
      if (!before) home ??= { position: network.getViewPosition(), scale: network.getScale() };
      waiting = setTimeout(() => fit(entities), Math.max(0, wait));
    },
    back(entities) {
      clearTimeout(waiting);
      if (home) network.moveTo({ ...home, animation: glide(380) });
      else fit(entities);
      home = null;
    } };
}
