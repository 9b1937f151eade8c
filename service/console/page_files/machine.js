// The state machine as a picture that lives: the live state is lit, the last move runs along its arrow.
import { svg } from "./dom.js";

const BOX = [124, 44];
const FIRST = [96, 44];
const STEP = [270, 150];
const BEND = 0.13;
const middle = (at) => [FIRST[0] + at[0] * STEP[0], FIRST[1] + at[1] * STEP[1]];

function curve(a, b) {
  const bend = [(a[0] + b[0]) / 2 + (b[1] - a[1]) * BEND, (a[1] + b[1]) / 2 - (b[0] - a[0]) * BEND];
  const point = (s) => [0, 1].map((i) => (1 - s) ** 2 * a[i] + 2 * s * (1 - s) * bend[i] + s * s * b[i]);
  const inside = (p, c, gap) => Math.abs(p[0] - c[0]) < BOX[0] / 2 + gap && Math.abs(p[1] - c[1]) < BOX[1] / 2 + gap;
  const points = Array.from({ length: 61 }, (_, i) => point(i / 60)).filter((p) => !inside(p, a, 0) && !inside(p, b, 5));
  return { path: `M${points.map((p) => p.map((n) => n.toFixed(1)).join(",")).join("L")}`, at: points[Math.floor(points.length * 0.36)] };
}

function loop(a) {
  const x = a[0] + BOX[0] / 2;
  return { path: `M${x},${a[1] - 12}c46,-14 46,38 5,26`, at: [x + 34, a[1]] };
}

export function machine(model) {
  const places = Object.fromEntries(model.states.map((each) => [each.name, middle(each.at)]));
  const lines = {};
  const arrows = model.arrows.map((each) => {
    const drawn = each.from === each.to ? loop(places[each.from]) : curve(places[each.from], places[each.to]);
    const line = svg("path", { d: drawn.path, cls: "arrow", "marker-end": "url(#tip)" });
    const label = svg("text", { x: drawn.at[0], y: drawn.at[1] + 4, cls: "move" }, each.moves.join(", "));
    lines[`${each.from} ${each.to}`] = { line, label, from: each.from };
    return [line, label];
  });
  const boxes = Object.fromEntries(model.states.map((each) => {
    const [x, y] = places[each.name];
    return [each.name, svg("g", { cls: "box", "data-state": each.name },
      svg("rect", { x: x - BOX[0] / 2, y: y - BOX[1] / 2, width: BOX[0], height: BOX[1], rx: 14 }),
      svg("text", { x, y: y + 5 }, each.name))];
  }));
  const runner = svg("circle", { r: 5, cls: "runner" });
  const tip = svg("marker", { id: "tip", viewBox: "0 0 8 8", refX: 6, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" }, svg("path", { d: "M0,0L8,4L0,8z" }));
  const picture = svg("svg", { viewBox: "0 0 500 390", cls: "machine", role: "img" }, svg("defs", {}, tip),
    arrows.map((each) => each[0]), arrows.map((each) => each[1]), Object.values(boxes), runner);
  let last = 0;

  function run(line) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const length = line.getTotalLength();
    const began = performance.now();
    runner.classList.add("on");
    const step = (now) => {
      const part = Math.min(1, (now - began) / 700);
      const at = line.getPointAtLength(length * part);
      runner.setAttribute("cx", at.x);
      runner.setAttribute("cy", at.y);
      if (part < 1) requestAnimationFrame(step);
      else runner.classList.remove("on");
    };
    requestAnimationFrame(step);
  }

  function update(chat) {
    picture.setAttribute("aria-label", chat.state ?? chat.status);
    for (const [name, box] of Object.entries(boxes)) box.classList.toggle("live", name === chat.state);
    for (const each of Object.values(lines)) {
      each.line.classList.toggle("lit", each.from === chat.state);
      each.label.classList.toggle("lit", each.from === chat.state);
    }
    const move = chat.moves.at(-1);
    if (move && move.at > last) {
      if (last) {
        const found = lines[`${move.before} ${move.after}`];
        if (found) run(found.line);
      }
      last = move.at;
    }
  }
  return { picture, update };
}
