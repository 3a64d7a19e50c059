// Building elements. Text from the data only ever becomes text nodes, never markup.

const SVG = new Set(["svg", "g", "line", "circle", "text", "rect", "path", "title", "tspan"]);

export function h(tag, props, ...children) {
  const element = SVG.has(tag) || props?.svg
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false || key === "svg") continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  add(element, children);
  return element;
}

export function add(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false && child !== "") element.append(child);
  }
}

export function fill(element, ...children) {
  element.replaceChildren();
  add(element, children);
  return element;
}

export const byId = (id) => document.getElementById(id);

// A name of the data, kept from turning the text around it.
export const name = (text, props) => h("bdi", props ?? null, text);

export function button(label, action, props) {
  return h("button", { type: "button", onclick: action, ...props }, label);
}

export function choice(label, value, options, action) {
  return h("label", { class: "choice" }, h("span", null, label),
    h("select", { onchange: (event) => action(event.target.value) },
      options.map(([key, text]) => h("option", { value: key, selected: key === value }, text))));
}

export function say(text) {
  byId("live").textContent = text;
}

export function count(number, noun) {
  const many = noun.endsWith("y") ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${number.toLocaleString("en")} ${number === 1 ? noun : many}`;
}

// A colour of the style sheet as the canvas needs it, whichever theme is on.
export function colours(names) {
  const probe = h("span", { hidden: true });
  document.body.append(probe);
  const found = Object.fromEntries(names.map((key) => {
    probe.style.color = `var(--${key})`;
    return [key, getComputedStyle(probe).color];
  }));
  probe.remove();
  return found;
}
