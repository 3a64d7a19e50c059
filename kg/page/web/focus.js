// Views are drawn anew when the state changes; who was using a control goes on using its successor.

const label = (element) => element.getAttribute("aria-label") || element.id || (element.tagName === "SELECT" ? "" : element.textContent);

export function keepFocus(draw) {
  const was = document.activeElement;
  const home = was?.closest("#bar, #tabs, #stage, #panel, #tools");
  const place = home && was !== home ? { tag: was.tagName, label: label(was),
    at: [...home.querySelectorAll(was.tagName)].indexOf(was), caret: was.tagName === "INPUT" ? was.value.length : -1 } : null;
  draw();
  if (!place || document.contains(was)) return;
  const peers = [...home.querySelectorAll(place.tag)];
  const next = peers.find((peer) => place.label && label(peer) === place.label) ?? (home.id === "panel" ? home : peers[place.at]) ?? home;
  next.focus({ preventScroll: true });
  if (place.caret >= 0 && next.setSelectionRange && next.type !== "checkbox") next.setSelectionRange(place.caret, place.caret);
}
