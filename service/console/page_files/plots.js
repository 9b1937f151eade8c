// The last hour as lines and the last month as bars: drawn anew now and then, readable without colour.
import { get, t } from "./api.js";
import { daysOf } from "./days.js";
import { clock, el, fill, svg } from "./dom.js";
import { brief, frame, H, LEFT, nice, svgOf, W } from "./scale.js";

const seconds = (value) => (value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(1)} s`);

export function plotsPage(view) {
  let asked = 0;
  return async ({ house }) => {
    if (house.now - asked < 5) return;
    asked = house.now;
    const { samples, days } = await get("series").catch(() => ({ samples: [], days: [] }));
    if (!location.hash.startsWith("#/plots")) return;
    fill(view, group("hour", hour(samples)), group("days", daysOf(days, house.active)));
  };
}

const group = (title, plots) => el("section", { cls: "group" }, el("h1", {}, t(title)), el("div", { cls: "plots" }, plots));

const hour = (samples) => [
  plot("plot-first", samples, [["p50", (s) => s.first_p50], ["p95", (s) => s.first_p95]], seconds),
  plot("plot-answer", samples, [["p50", (s) => s.answer_p50], ["p95", (s) => s.answer_p95]], seconds),
  plot("plot-answers", samples, [[t("per-minute"), (s) => s.answers * 6]]),
  plot("plot-tokens", samples, [[t("per-minute"), (s) => s.tokens * 6]]),
  plot("plot-chats", samples, [[t("in-memory"), (s) => s.chats], [t("busy"), (s) => s.busy]]),
  plot("plot-mail", samples, [[t("mail"), (s) => s.mail], [t("crashes"), (s) => s.crashes]]),
  plot("plot-lag", samples, [[t("lag"), (s) => s.lag]], seconds),
];

function plot(title, samples, lines, say = brief) {
  const values = lines.flatMap(([, of]) => samples.map(of)).filter((each) => each !== null);
  const { y, grid } = frame(nice(Math.max(...values, 0), say === brief), say);
  const began = samples[0]?.at ?? 0;
  const long = Math.max(60, (samples.at(-1)?.at ?? 0) - began);
  const x = (at) => LEFT + (W - LEFT - 8) * (at - began) / long;
  const drawn = lines.map(([, of], number) => svg("path", { cls: `line line-${number}`, d: path(samples, of, x, y) }));
  const ends = samples.length ? [svg("text", { x: LEFT, y: H - 5, cls: "tick" }, clock(began)), svg("text", { x: W - 8, y: H - 5, cls: "tick end" }, clock(samples.at(-1).at))] : [];
  const last = samples.at(-1);
  const now = lines.map(([name, of], number) => {
    const value = last ? of(last) : null;
    return el("li", {}, el("i", { cls: `key line-${number}` }), name, el("b", {}, value === null ? "–" : say(value)));
  });
  return el("section", { cls: "card plot" }, el("h2", {}, t(title)), el("ul", { cls: "keys" }, now), svgOf(title, grid, ends, drawn));
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
