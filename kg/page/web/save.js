// Saving what is on screen: as a table (CSV) or as a picture (PNG).

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

// A picture that is still being drawn; a browser may not let a page draw itself.
export async function savePicture(drawn, file) {
  try {
    give(await drawn, file);
  } catch {
    say("This browser does not let this view be saved as a picture");
  }
}

export function saveMenu(box, { png, csv }) {
  const menu = h("details", { class: "pop right", id: "save" }, h("summary", null, "Save"));
  const act = (action) => () => { menu.open = false; action(); };
  menu.append(h("div", { class: "sheet" },
    button("Picture (PNG)", act(png)), button("Table (CSV)", act(csv)),
    button("Copy the link to this view", act(() => copy(location.href, "Link")))));
  return fill(box, menu);
}
