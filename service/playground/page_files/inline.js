// Inline mode: the bot's name and a question, typed in any chat; what the bot offers is shown.

import { byId, el } from "./dom.js";
import { post } from "./remote.js";
import { store } from "./store.js";

const PAUSE = 250; // after the last letter, as Telegram's apps do it
let query = null;
let latest = null; // the offer may be here before we know what we have asked
let timer = 0;
let where = () => ({});
let sent = () => {};

export function setUpInline(place, done) {
  [where, sent] = [place, done];
}

// Looks at what stands in the composer; the bot is asked when its name stands in front.
export function typedInline(text) {
  clearTimeout(timer);
  query = null;
  const name = `@${store.bot.username} `;
  if (!text.toLowerCase().startsWith(name.toLowerCase())) return;
  const question = text.slice(name.length);
  timer = setTimeout(async () => {
    query = (await post("ask", { ...where(), text: question })).query;
    show();
  }, PAUSE);
}

export function offered(event) {
  latest = event;
  show();
}

function show() {
  const event = latest;
  if (!query || event?.query !== query) return;
  const menu = byId("menu");
  const choose = async (result) => {
    menu.hidden = true;
    sent();
    await post("choose", { ...where(), query: event.query, result });
  };
  menu.hidden = !event.results.length;
  menu.replaceChildren(
    ...event.results.map((each) =>
      el("button", { type: "button", role: "option", onclick: () => choose(each.id) }, el("b", {}, each.title), el("span", {}, each.description)),
    ),
  );
}
