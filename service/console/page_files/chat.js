// One chat: in one sentence why it is silent, then everything that is known of it, and what can be done.
import { act, get, t } from "./api.js";
import { clock, el, fill, size, span } from "./dom.js";
import { machine } from "./machine.js";
import { ask, read, save, toast } from "./talk.js";

const ASKED = new Set(["restart", "suspend", "passivate", "reveal"]);

export function chatPage(view, key) {
  let drawn = null;
  const places = {};
  get("machine").then((model) => { drawn = machine(model); });

  async function press(action) {
    if (ASKED.has(action) && !(await ask(t(action), t(`${action}-why`)))) return;
    const done = await act(action, key);
    if (done.file) save(done.file, done.content);
    else if (done.content) read(t("reveal"), done.content);
    toast(done.said, done.ok);
  }

  function frame() {
    for (const name of ["head", "buttons", "facts", "moves", "outbox", "crash"]) places[name] = el("div", { cls: `place-${name}` });
    places.machine = el("section", { cls: "card machine-card" }, el("h2", {}, t("machine")), drawn.picture);
    fill(view, el("div", { cls: "chat" }, places.head, places.buttons,
      el("div", { cls: "columns even" }, el("div", { cls: "stack" }, places.machine, places.outbox), el("div", { cls: "stack" }, places.facts, places.moves)), places.crash));
  }

  return ({ chat }) => {
    if (!chat || !drawn) return;
    if (!places.head?.isConnected) frame();
    drawn.update(chat);
    fill(places.head, head(chat));
    fill(places.buttons, buttons(chat, press));
    fill(places.facts, facts(chat));
    fill(places.moves, moves(chat));
    fill(places.outbox, outbox(chat));
    fill(places.crash, chat.crash_report ? el("section", { cls: "card" }, el("details", { "data-key": "crash" }, el("summary", { "data-focus": "crash" }, t("crash-report")), el("pre", {}, chat.crash_report))) : null);
  };
}

function head(chat) {
  return el("header", { cls: `card why cause-${chat.cause}` }, el("p", {}, el("b", { cls: `dot ${chat.cause}` }), el("strong", {}, chat.why)),
    el("p", { cls: "sub" }, el("code", {}, chat.key), el("b", { cls: `chip state-${chat.state}` }, chat.state ?? t("absent")),
      chat.state ? el("small", {}, `${t("for")} ${span(chat.now - chat.since)}`) : null, el("small", {}, `actor ${chat.status}`), chat.traced ? el("b", { cls: "chip" }, t("traced")) : null));
}

function buttons(chat, press) {
  const held = chat.status === "suspended";
  const wanted = [chat.traced ? "untrace" : "trace", held ? "resume" : "suspend", ...(chat.status === "quarantined" ? ["release"] : []), "restart", "passivate", "export", "reveal"];
  return el("div", { cls: "buttons", role: "toolbar", "aria-label": t("actions") }, wanted.map((name) => el("button", {
    cls: name === "release" || name === "resume" ? "solid" : "", "data-focus": name, disabled: chat.status === "absent" && name !== "export", onclick: () => press(name === "untrace" ? "trace" : name),
  }, t(name))));
}

function facts(chat) {
  const left = (at) => span(at - chat.now);
  const rows = [
    ["turn", `${chat.turn} (${t("attempt")} ${chat.attempt})`],
    ["mailbox", `${chat.mail}${chat.spilled ? ` + ${chat.spilled} ${t("in-journal")}` : ""}`],
    ["flow", chat.flow ? `${chat.flow} · ${chat.step || t("flow-ending")}` : "–"],
    ["waiting", chat.waiting], ["memory", chat.memory],
    ["running", chat.effects.map(([name, since]) => `${name} ${span(chat.now - since)}`).join(", ") || "–"],
    ["due", chat.timers.map(([name, at]) => `${name} ${left(at)}`).join(", ") || "–"],
    ["penalty", chat.penalty_until ? left(chat.penalty_until) : "–"],
    ["owes", chat.owes === null ? t("nothing") : chat.owes <= chat.now ? t("now") : left(chat.owes)],
    ["crashes", `${chat.crashes}${chat.last_error ? ` · ${chat.last_error}` : ""}`],
    ["snapshot", chat.written_at ? `${size(chat.size)} · ${span(chat.now - chat.written_at)}` : "–"],
    ["tokens", chat.tokens || "–"],
    ["answered", chat.answered_at ? span(chat.now - chat.answered_at) : "–"],
  ];
  return el("section", { cls: "card" }, el("h2", {}, t("facts")), el("dl", { cls: "facts" }, rows.map(([name, value]) => [el("dt", {}, t(name)), el("dd", { "data-fact": name }, value)])));
}

function moves(chat) {
  const rows = [...chat.moves].reverse().map((move) => el("li", {}, el("time", { title: clock(move.at) }, span(chat.now - move.at)),
    el("span", {}, el("b", { cls: `chip state-${move.before}` }, move.before), " → ", el("b", { cls: `chip state-${move.after}` }, move.after)),
    el("small", {}, `${move.message} · ${span(move.stayed)}`)));
  const trace = [...chat.trace].reverse().map(([at, what, how]) => el("li", {}, el("time", {}, span(chat.now - at)), el("span", {}, what), el("small", {}, how)));
  return el("section", { cls: "card" }, el("h2", {}, t("moves")), rows.length ? el("ol", { cls: "moves", "data-scroll": "moves", tabindex: "0", "data-focus": "moves" }, rows) : el("p", { cls: "quiet" }, t("no-moves")),
    trace.length ? el("details", { "data-key": "trace" }, el("summary", { "data-focus": "trace-list" }, t("messages")), el("ol", { cls: "moves" }, trace)) : null);
}

function outbox(chat) {
  const rows = chat.outbox.map((part) => el("li", {}, el("b", { cls: `chip part-${part.state}` }, part.state), el("span", {}, `#${part.answer}.${part.index + 1}`),
    el("small", {}, size(part.bytes)), el("small", {}, part.until > chat.now ? span(part.until - chat.now) : ""), part.repeats ? el("small", {}, `${part.repeats} ↻`) : null));
  return el("section", { cls: "card" }, el("h2", {}, t("outbox")), rows.length ? el("ul", { cls: "list" }, rows) : el("p", { cls: "quiet" }, t("outbox-empty")));
}
