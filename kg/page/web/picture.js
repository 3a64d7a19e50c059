// A view as a picture: its title and filters, the view itself, its legend, where it comes from and when.
// The page's own style draws it, inside an SVG, so that the picture says what the view says.

import { add, h, name } from "./dom.js";

const MOST = 16000; // pixels that a canvas may be wide or high
const NO_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

// `view` is { content, width, height, draw }: an element that is copied, or a size and what draws on a canvas.
export function picture(view, { title, filters, legend, foot }) {
  const plate = view.content ? h("div", { class: "plate" }, copyOf(view.content))
    : h("div", { class: "plate", style: `width:${view.width}px;height:${view.height}px` });
  const width = Math.max(480, (view.content?.scrollWidth ?? view.width) + 48);
  const sheet = h("div", { class: "picture", style: `width:${width}px` },
    h("h2", null, name(title)), filters.length > 0 && h("p", { class: "quiet" }, filters.join("; ")),
    plate, legend, foot.map((line) => h("p", { class: "quiet" }, name(line))));
  document.body.append(sheet);
  const { height } = sheet.getBoundingClientRect();
  const at = [plate.offsetLeft, plate.offsetTop];
  sheet.remove();
  sheet.classList.add("alone");
  return { svg: svgOf(sheet, width, Math.ceil(height)), width, height: Math.ceil(height), at };
}

function copyOf(content) {
  const copy = content.cloneNode(true);
  copy.classList.remove("scroll", "map", "panel", "open");
  for (const control of copy.querySelectorAll(".close, .acts, .beside, .more")) control.remove();
  for (const element of [copy, ...copy.querySelectorAll("[id], [tabindex]")]) {
    element.removeAttribute("id");
    element.removeAttribute("tabindex");
  }
  return copy;
}

function svgOf(sheet, width, height) {
  const theme = document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  // The sizes that the style asks for are the window's, not the picture's.
  const style = document.querySelector("style").textContent.replace(/@media (\(max-width: \d+px\))/g, (_, size) => (matchMedia(size).matches ? "@media all" : "@media not all"));
  const svg = h("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "data-theme": theme });
  const inside = document.createElementNS("http://www.w3.org/2000/svg", "foreignObject");
  inside.setAttribute("width", "100%");
  inside.setAttribute("height", "100%");
  add(inside, [h("style", null, style), sheet]);
  svg.append(inside);
  return new XMLSerializer().serializeToString(svg).replace(NO_XML, "");
}

// The picture as a PNG; raises where the browser does not let a page draw itself.
export async function png(view, words) {
  const { svg, width, height, at } = picture(view, words);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const ratio = Math.min(2, MOST / Math.max(width, height));
  const canvas = h("canvas", { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  const ctx = canvas.getContext("2d");
  ctx.scale(ratio, ratio);
  ctx.drawImage(image, 0, 0);
  view.draw?.(ctx, ratio, at);
  return new Promise((give) => { canvas.toBlob(give, "image/png"); });
}
