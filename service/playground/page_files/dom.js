// Builds what is shown. Nothing here can parse markup: text goes in as text, links
// only as http and https, so what a model or a person writes can never run.

import { fileAddress } from "./remote.js";
import { store } from "./store.js";

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  back: "M15 5l-7 7 7 7",
  down: "M6 9l6 6 6-6",
  clip: "M20 11.5l-8.2 8.2a5 5 0 0 1-7.1-7.1l8.6-8.6a3.4 3.4 0 0 1 4.8 4.8l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4l7.8-7.8",
  send: "M12 19V6M6 11.5L12 5.5l6 6",
  stop: "M7 7h10v10H7z",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01",
  file: "M7 3h7l5 5v13H7zM14 3v5h5",
  voice: "M12 4a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V7a3 3 0 0 1 3-3M6 11a6 6 0 0 0 12 0M12 17v3",
  bolt: "M13 3L5 14h6l-1 7 8-11h-6z",
  skull: "M6 16a7.5 7.5 0 1 1 12 0v2h-3v2H9v-2H6zM9 11.5h.01M15 11.5h.01",
  reply: "M10 6L4 12l6 6M4.5 12H14a6 6 0 0 1 6 6",
  edit: "M5 19l1-4L16.5 4.500l3 3L9 18z",
  like: "M7 11v9H4v-9zM7 11l4-8a2 2 0 0 1 3 2l-1 4h5a2 2 0 0 1 2 2.300l-1.300 7A2 2 0 0 1 17 20H7",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
};

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name] || "");
  svg.append(path);
  return svg;
}

// el("a.link", {href}, "text", child): children are nodes or text, never markup.
export function el(shape, attributes, ...children) {
  const [tag, ...classes] = shape.split(".");
  const node = document.createElement(tag || "div");
  if (classes.length) node.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

export function link(address, ...children) {
  const safe = safeAddress(address);
  if (!safe) return el("span.nolink", { title: String(address) }, ...children);
  return el("a", { href: safe, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

export function safeAddress(address) {
  try {
    const url = new URL(String(address));
    return ["http:", "https:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

export function face(name, number) {
  const first = [...String(name || "?")][0] || "?";
  return el(`span.face.hue${Math.abs(Number(number) || 0) % 6}`, { "aria-hidden": "true" }, first);
}

export function botFace() {
  const photo = store.bot.photo?.at(-1);
  return el("img.face", { src: photo ? fileAddress(photo.file_id) : "/page/mark.svg", alt: "" });
}

// Puts new children into a node; the focus stays on the button it was on, counted from the first.
export function swap(parent, ...children) {
  const at = [...parent.querySelectorAll("button")].indexOf(document.activeElement);
  parent.replaceChildren(...children);
  if (at >= 0) parent.querySelectorAll("button")[at]?.focus({ preventScroll: true });
}

export const byId = (id) => document.getElementById(id);
