// What every plot stands on: its size, its grid, and where a value is.
import { t } from "./api.js";
import { svg } from "./dom.js";

export const [W, H, LEFT] = [400, 150, 52];
const [BOTTOM, TOP] = [22, 10];

const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
export const brief = (value) => short.format(value);

// The height of the grid and its half are numbers that a reader can say; whole ones for what is counted.
export function nice(value, whole = false) {
  if (value <= 0) return whole ? 2 : 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const top = [1, 2, 4, 6, 10].map((each) => each * power).find((each) => each >= value * (1 - 1e-9));
  return whole ? Math.max(2, top) : top;
}

export function frame(top, say) {
  const y = (value) => H - BOTTOM - (H - BOTTOM - TOP) * value / top;
  const grid = [0, 0.5, 1].map((part) => [svg("line", { x1: LEFT, x2: W - 8, y1: y(top * part), y2: y(top * part), cls: "grid" }), svg("text", { x: LEFT - 7, y: y(top * part) + 4, cls: "tick end" }, say(top * part))]);
  return { y, grid };
}

export const svgOf = (title, ...drawn) => svg("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": t(title) }, drawn);
