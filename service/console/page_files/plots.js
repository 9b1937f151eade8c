// The last hour as plots: drawn anew with each sample, readable without colour.
import { get, t } from "./api.js";
import { clock, el, fill, svg } from "./dom.js";

const [W, H, LEFT, BOTTOM, TOP] = [400, 150, 52, 22, 10];

export function plotsPage(view) {
  let asked = 0;
  return async ({ house }) => {
    if (house.now - asked < 5) return;
    asked = house.now;
    const samples = await get("series").catch(() => []);
    if (!location.hash.startsWith("#/plots")) return;
    const seconds = (value) => (value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(1)} s`);
    fill(view, el("div", { cls: "plots" },
      plot("plot-first", samples, [["p50", (s) => s.first_p50], ["p95", (s) => s.first_p95]], seconds),
      plot("plot-answer", samples, [["p50", (s) => s.answer_p50], ["p95", (s) => s.answer_p95]], seconds),
      plot("plot-answers", samples, [[t("per-minute"), (s) => s.answers * 6]]),
      plot("plot-tokens", samples, [[t("per-minute"), (s) => s.tokens * 6]]),
      plot("plot-chats", samples, [[t("in-memory"), (s) => s.chats], [t("busy"), (s) => s.busy]]),
      plot("plot-mail", samples, [[t("mail"), (s) => s.mail], [t("crashes"), (s) => s.crashes]]),
      plot("plot-lag", samples, [[t("lag"), (s) => s.lag]], seconds)));
  };
}

function plot(title, samples, lines, say = (value) => `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)}`) {
  const values = lines.flatMap(([, of]) => samples.map(of)).filter((each) => each !== null);
  const top = nice(Math.max(...values, 0));
  const began = samples[0]?.at ?? 0;
  const long = Math.max(60, (samples.at(-1)?.at ?? 0) - began);
  const x = (at) => LEFT + (W - LEFT - 8) * (at - began) / long;
  const y = (value) => H - BOTTOM - (H - BOTTOM - TOP) * value / top;
  const grid = [0, 0.5, 1].map((part) => [svg("line", { x1: LEFT, x2: W - 8, y1: y(top * part), y2: y(top * part), cls: "grid" }), svg("text", { x: LEFT - 7, y: y(top * part) + 4, cls: "tick end" }, say(top * part))]);
  const drawn = lines.map(([, of], number) => svg("path", { cls: `line line-${number}`, d: path(samples, of, x, y) }));
  const ends = samples.length ? [svg("text", { x: LEFT, y: H - 5, cls: "tick" }, clock(began)), svg("text", { x: W - 8, y: H - 5, cls: "tick end" }, clock(samples.at(-1).at))] : [];
  const last = samples.at(-1);
  const now = lines.map(([name, of], number) => {
    const value = last ? of(last) : null;
    return el("li", {}, el("i", { cls: `key line-${number}` }), name, el("b", {}, value === null ? "–" : say(value)));
  });
  return el("section", { cls: "card plot" }, el("h2", {}, t(title)), el("ul", { cls: "keys" }, now), svg("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": t(title) }, grid, ends, drawn));
}

function path(samples, of, x, y) {
  let d = "";
  let pen = false;
  for (const sample of samples) {
    const value = of(sample);
    if (value === null) pen = false;
    else {
      d += `${pen ? "L" : "M"}${x(sample.at).toFixed(1)},${y(value).toFixed(1)}`;
      if (!pen) d += "h0.01";
      pen = true;
    }
  }
  return d;
}

function nice(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((each) => each * power).find((each) => each >= value);
}
