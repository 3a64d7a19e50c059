// Saving what is on screen: tables as CSV, the graph and the map as PNG.

import { button, fill, h, say } from "./dom.js";
import { copy } from "./card.js";

function give(blob, file) {
  const at = URL.createObjectURL(blob);
  const link = h("a", { href: at, download: file, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(at), 5000);
  say(`${file} saved`);
}

// A cell that a spreadsheet takes as it is, never as a formula.
const cell = (value) => {
  const text = String(value ?? "");
  const safe = typeof value === "string" && /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

export const toCsv = (rows) => `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;

export const saveCsv = (rows, file) => give(new Blob([toCsv(rows)], { type: "text/csv;charset=utf-8" }), file);

export function saveCanvas(canvas, file) {
  const copy = h("canvas", { width: canvas.width, height: canvas.height });
  const ctx = copy.getContext("2d");
  ctx.fillStyle = getComputedStyle(document.body).backgroundColor;
  ctx.fillRect(0, 0, copy.width, copy.height);
  ctx.drawImage(canvas, 0, 0);
  copy.toBlob((blob) => give(blob, file), "image/png");
}

// Any other view: its elements with their computed looks, drawn through an SVG.
export function saveElement(element, file) {
  const { scrollWidth: width, scrollHeight: height } = element;
  const clone = dressed(element);
  clone.style.overflow = "visible";
  clone.style.width = `${width}px`;
  clone.style.height = `${height}px`;
  clone.setAttribute("xmlns", "http://www.w3.org/1999/xhtml");
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><foreignObject width="100%" height="100%">${new XMLSerializer().serializeToString(clone)}</foreignObject></svg>`;
  const image = new Image();
  image.onload = () => {
    const most = Math.min(2, 16000 / Math.max(width, height));
    const canvas = h("canvas", { width: Math.round(width * most), height: Math.round(height * most) });
    const ctx = canvas.getContext("2d");
    ctx.fillStyle = getComputedStyle(document.body).backgroundColor;
    ctx.fillRect(0, 0, canvas.width, canvas.height);
    ctx.scale(most, most);
    ctx.drawImage(image, 0, 0);
    try { canvas.toBlob((blob) => give(blob, file), "image/png"); } catch { say("This browser does not let this view be saved as a picture"); }
  };
  image.onerror = () => say("This browser does not let this view be saved as a picture");
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}

const LOOKS = ["color", "background-color", "font", "border-top", "border-right", "border-bottom", "border-left", "border-collapse", "border-spacing",
  "border-radius", "padding", "margin", "display", "width", "height", "text-align", "vertical-align", "white-space", "writing-mode", "transform",
  "grid-template-columns", "flex-direction", "flex-wrap", "align-items", "justify-content", "gap", "flex", "fill", "fill-opacity", "stroke",
  "stroke-width", "stroke-dasharray", "text-anchor", "opacity", "list-style", "box-sizing", "text-decoration", "columns", "position", "clip-path", "min-width"];

function dressed(element) {
  const clone = element.cloneNode(true);
  const from = [element, ...element.querySelectorAll("*")], to = [clone, ...clone.querySelectorAll("*")];
  from.forEach((one, at) => {
    const style = getComputedStyle(one);
    to[at].setAttribute("style", LOOKS.map((key) => `${key}:${style.getPropertyValue(key)}`).join(";"));
    to[at].removeAttribute("class");
  });
  return clone;
}

export function saveMenu(box, { png, csv }) {
  const menu = h("details", { class: "pop right", id: "save" }, h("summary", null, "Save"));
  const act = (action) => () => { menu.open = false; action(); };
  menu.append(h("div", { class: "sheet" },
    button("Picture (PNG)", act(png)), button("Table (CSV)", act(csv)),
    button("Copy the link to this view", act(() => copy(location.href, "Link")))));
  return fill(box, menu);
}
