// The last thirty days as bars: people, tokens and money, one bar a day (UTC).
import { t } from "./api.js";
import { el, svg } from "./dom.js";
import { brief, frame, H, LEFT, nice, svgOf, W } from "./scale.js";

const money = (value) => `$${value > 0 && value < 0.01 ? value.toPrecision(2) : value.toFixed(2)}`;
const date = (at) => new Date(at * 1000).toLocaleDateString([], { timeZone: "UTC", day: "numeric", month: "short" });

export function daysOf(days, [today, week, month]) {
  if (!days.length) return [el("p", { cls: "quiet" }, t("days-unknown"))];
  const spent = (of) => [[t("today"), of(days.at(-1))], [t("month"), days.reduce((sum, day) => sum + of(day), 0)]];
  return [
    bars("plot-people", days, (day) => day.people, [[t("today"), today], [t("week"), week], [t("month"), month]]),
    bars("plot-day-tokens", days, (day) => day.tokens, spent((day) => day.tokens)),
    bars("plot-cost", days, (day) => day.cost, spent((day) => day.cost), money),
  ];
}

function bars(title, days, of, told, say = brief) {
  const whole = say === brief;
  const top = nice(Math.max(...days.map(of)), whole);
  const place = frame(top, say);
  const wide = (W - LEFT - 8) / days.length;
  const drawn = days.map((day, number) => {
    const y = place.y(of(day));
    return svg("rect", { cls: "day", x: LEFT + number * wide + 1, y, width: wide - 2, height: place.y(0) - y, rx: 2 }, svg("title", {}, `${date(day.at)}: ${say(of(day))}`));
  });
  const ends = [svg("text", { x: LEFT, y: H - 5, cls: "tick" }, date(days[0].at)), svg("text", { x: W - 8, y: H - 5, cls: "tick end" }, date(days.at(-1).at))];
  const keys = told.map(([name, value]) => el("li", {}, name, el("b", {}, say(value))));
  return el("section", { cls: "card plot", "data-plot": title }, el("h2", {}, t(title)), el("ul", { cls: "keys" }, keys), svgOf(title, place.grid, ends, drawn));
}
