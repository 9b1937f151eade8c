// Making elements without ever writing markup: text stays text, whatever stands in it.
const SVG = "http://www.w3.org/2000/svg";

export function el(name, more = {}, ...children) {
  return dress(document.createElement(name), more, children);
}

export function svg(name, more = {}, ...children) {
  return dress(document.createElementNS(SVG, name), more, children);
}

function dress(node, more, children) {
  for (const [name, value] of Object.entries(more)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name === "cls" ? "class" : name, value === true ? "" : value);
  }
  node.append(...children.flat(9).filter((each) => each !== null && each !== undefined && each !== false));
  return node;
}

export const $ = (selector) => document.querySelector(selector);

// While something is pressed its place is left as it is: a button made anew under the finger is never clicked.
let pressed = null;
addEventListener("pointerdown", (event) => { pressed = event.target; }, true);
for (const end of ["pointerup", "pointercancel", "blur"]) addEventListener(end, () => { pressed = null; }, true);

// Put new content into a place without losing the reader's: focus and open details stay.
export function fill(place, ...children) {
  if (pressed?.isConnected && place !== pressed && place.contains(pressed)) return;
  const focused = document.activeElement?.dataset?.focus;
  const open = new Set([...place.querySelectorAll("details[open]")].map((each) => each.dataset.key));
  const scrolled = [...place.querySelectorAll("[data-scroll]")].map((each) => [each.dataset.scroll, each.scrollTop]);
  place.replaceChildren(...children.flat(9).filter(Boolean));
  for (const each of place.querySelectorAll("details")) if (open.has(each.dataset.key)) each.open = true;
  for (const [name, top] of scrolled) {
    const found = place.querySelector(`[data-scroll="${CSS.escape(name)}"]`);
    if (found) found.scrollTop = top;
  }
  if (focused) place.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

export function span(seconds) {
  const s = Math.abs(seconds);
  if (s < 10) return `${seconds.toFixed(1)} s`;
  if (s < 120) return `${Math.round(seconds)} s`;
  if (s < 7200) return `${Math.round(seconds / 60)} min`;
  if (s < 172800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} d`;
}

export function size(bytes) {
  let value = bytes;
  for (const unit of ["B", "kB", "MB", "GB", "TB"]) {
    if (value < 1000) return `${value < 10 && unit !== "B" ? value.toFixed(1) : Math.round(value)} ${unit}`;
    value /= 1000;
  }
  return `${Math.round(value)} PB`;
}

export const clock = (at) => new Date(at * 1000).toLocaleTimeString([], { hour12: false });
