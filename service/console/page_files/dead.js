// Dead letters: what nobody could handle, to be read, replayed or removed.
import { act, get, t } from "./api.js";
import { ask, read, toast } from "./talk.js";
import { clock, el, fill, span } from "./dom.js";

export function deadPage(view) {
  let shown = "";
  const load = async (now) => {
    const letters = await get("dead").catch(() => null);
    if (letters === null || !location.hash.startsWith("#/dead")) return;
    const told = JSON.stringify(letters);
    if (told === shown) return;
    shown = told;
    const rows = letters.map((letter) => el("li", { cls: "letter" },
      el("div", {}, el("b", { cls: "chip bad" }, letter.reason), letter.chat ? el("a", { href: `#/chat/${letter.chat}` }, el("code", {}, letter.chat)) : el("code", {}, letter.actor || "–"),
        el("small", {}, letter.error), el("small", { title: clock(letter.at) }, span(now - letter.at))),
      el("div", { cls: "buttons" },
        letter.replayable ? el("button", { cls: "solid", "data-focus": `replay-${letter.id}`, onclick: () => press("replay", letter, now) }, t("replay")) : null,
        el("button", { "data-focus": `read-${letter.id}`, onclick: () => press("read", letter, now) }, t("read")),
        el("button", { "data-focus": `remove-${letter.id}`, onclick: () => press("remove", letter, now) }, t("remove")))));
    fill(view, el("section", { cls: "card" }, el("h2", {}, t("dead")), rows.length ? el("ul", { cls: "letters" }, rows) : el("p", { cls: "quiet" }, t("no-dead"))));
  };
  async function press(action, letter, now) {
    if (action !== "replay" && !(await ask(t(action), t(`${action}-why`)))) return;
    const done = await act(action, letter.id);
    if (done.content) read(t("read"), done.content);
    else toast(done.said, done.ok);
    shown = "";
    await load(now);
  }
  return ({ house }) => load(house.now);
}
