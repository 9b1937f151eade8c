// The house: what needs somebody, the supervision tree, and the numbers beside it.
import { act, t } from "./api.js";
import { el, fill, size, span } from "./dom.js";
import { toast } from "./talk.js";
import { tree } from "./tree.js";

export function housePage(view) {
  return ({ house }) => fill(view, el("div", { cls: "house" }, attention(house), card("tree-title", tree(house)),
    el("div", { cls: "columns even" }, el("div", { cls: "stack" }, states(house), bots(house), models(house), causes(house)), el("div", { cls: "stack" }, disk(house), logged(house)))));
}

const card = (title, content, more = "") => el("section", { cls: `card ${more}` }, el("h2", {}, t(title)), content);

function attention(house) {
  const rows = troubles(house).map((text) => el("p", { cls: "trouble" }, text));
  const chats = house.attention.slice(0, 12).map((each) => el("li", {}, el("a", { href: `#/chat/${each.key}`, "data-focus": each.key },
    el("b", { cls: `dot ${each.cause}` }), el("code", {}, each.key), each.bot ? el("small", {}, each.bot) : null, el("span", {}, each.why), el("small", {}, each.since ? span(house.now - each.since) : ""))));
  if (!rows.length && !chats.length) return el("section", { cls: "card calm" }, el("h2", {}, t("calm")), el("p", {}, t("calm-why")));
  return el("section", { cls: "card attention" }, el("h2", {}, t("attention")), rows, chats.length ? el("ul", { cls: "chats" }, chats) : null);
}

function troubles(house) {
  const found = [];
  if (house.polling === "dead") found.push(t("polling-dead"));
  if (house.polling === "paused") found.push(t("polling-paused"));
  if (house.failing) found.push(t("disk-failing"));
  found.push(...house.bots.map((each) => each.why).filter(Boolean));
  if (modelsAreDown(house)) found.push(t("models-down"));
  if (house.disk && house.disk.free / house.disk.total < 0.1) found.push(t("disk-low"));
  return found;
}

function states(house) {
  const found = Object.fromEntries(house.states);
  const total = Math.max(1, house.actors);
  const names = ["idle", "collecting", "generating", "streaming", "cooling"];
  const bar = el("div", { cls: "bar", role: "img", "aria-label": names.map((name) => `${name} ${found[name] ?? 0}`).join(", ") },
    names.map((name) => {
      const part = el("i", { cls: `state-${name}` });
      part.style.flexGrow = (found[name] ?? 0) / total;
      return part;
    }));
  const legend = el("dl", { cls: "legend" }, names.map((name) => [el("dt", {}, el("i", { cls: `state-${name}` }), name), el("dd", {}, found[name] ?? 0)]));
  return card("states", [el("p", { cls: "figure" }, house.actors, el("small", {}, ` ${t("in-memory")}`)), bar, legend]);
}

export function modelsAreDown(house) {
  const answering = house.providers.filter((each) => each.answers);
  return answering.length > 0 && answering.every((each) => ["open", "failing"].includes(each.state));
}

function bots(house) {
  if (house.bots.length < 2) return null;
  const rows = house.bots.map((each) => el("li", {}, el("b", { cls: `dot bot-${each.state}` }), el("span", {}, each.name),
    el("small", {}, [each.state, each.state === "away" ? null : span(each.poll_age)].filter(Boolean).join(" · ")), el("code", {}, each.chats)));
  return card("bots", el("ul", { cls: "list" }, rows));
}

function models(house) {
  const rows = house.providers.map((each) => el("li", {}, el("b", { cls: `dot breaker-${each.state}` }), el("span", {}, each.name),
    el("small", {}, [each.state, each.out_since && span(house.now - each.out_since), each.rests_for && `→ ${span(each.rests_for)}`, each.openings && `× ${each.openings}`].filter(Boolean).join(" · ")),
    el("code", {}, each.calls)));
  rows.push(...house.retiring.map((each) => el("li", { cls: "retiring" }, el("b", { cls: "dot retiring" }), el("span", {}, `${each.model}: ${t("retires")} ${each.day}`),
    each.successor ? el("small", {}, `→ ${each.successor}`) : null)));
  return card("models", el("ul", { cls: "list" }, rows.length ? rows : el("li", {}, t("none"))));
}

function disk(house) {
  const rows = [
    ["journal", `${size(house.journal_bytes)}`], ["unabsorbed", house.unabsorbed], ["unwritten", house.unwritten],
    ["penalties", house.penalties.length], ["mail", house.mail + house.spilled], ["effects", house.effects], ["timers", house.timers],
    ["crashes", house.crashes], ["lag", `${Math.round(house.lag * 1000)} ms`], ["poll", span(house.poll_age)],
    ["free", house.disk ? `${size(house.disk.free)} (${Math.round(100 * house.disk.free / house.disk.total)} %)` : "–"],
  ];
  const peers = house.penalties.slice(0, 5).map(([peer, until]) => el("li", {}, el("code", {}, peer), el("small", {}, span(until - house.now))));
  return card("work", [el("dl", { cls: "facts" }, rows.map(([name, value]) => [el("dt", {}, t(name)), el("dd", {}, value)])), peers.length ? el("ul", { cls: "list" }, peers) : null]);
}

function logged(house) {
  const choose = async (level) => {
    const done = await act("log", level);
    toast(done.said, done.ok);
  };
  const keys = ["debug", "info", "warning", "error"].map((level) => el("button", { "data-focus": `log-${level}`, "aria-pressed": String(level === house.log_level), onclick: () => choose(level) }, level));
  return card("log", [el("div", { cls: "choice", role: "group", "aria-label": t("log") }, keys), el("p", { cls: "note" }, t("log-why"))]);
}

function causes(house) {
  const rows = house.causes.map(([cause, count]) => el("li", {}, el("b", { cls: `dot ${cause}` }), el("span", {}, house.reasons[cause] ?? cause), el("code", {}, count)));
  return card("waits", el("ul", { cls: "list long" }, rows.length ? rows : el("li", {}, t("none"))));
}
