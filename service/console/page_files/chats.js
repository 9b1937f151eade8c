// Looking for a chat: those in memory whose key holds what was typed.
import { get, t } from "./api.js";
import { $, el, fill, span } from "./dom.js";

export function chatsPage(view, wanted) {
  $("#q").value = wanted;
  let asking = false;
  return async ({ house }) => {
    if (asking) return;
    asking = true;
    const found = await get(`chats?q=${encodeURIComponent(wanted)}`).catch(() => []);
    asking = false;
    if (!location.hash.startsWith("#/chats")) return;
    const rows = found.map((each) => el("tr", {},
      el("td", {}, el("a", { href: `#/chat/${each.key}`, "data-focus": each.key }, el("code", {}, each.key)), each.bot ? el("small", {}, ` ${each.bot}`) : null),
      el("td", {}, el("b", { cls: `chip state-${each.state}` }, each.state)),
      el("td", {}, el("b", { cls: `dot ${each.cause}` }), ` ${each.cause}`),
      el("td", { cls: "number" }, each.since ? span(house.now - each.since) : ""),
      el("td", { cls: "number" }, each.mail || "")));
    const direct = /^[a-z]+\.\d+\.-?\d+(\.\d+)?$/.test(wanted) ? el("p", {}, el("a", { href: `#/chat/${wanted}` }, t("open-key"), " ", el("code", {}, wanted))) : null;
    fill(view, el("section", { cls: "card" }, el("h2", {}, wanted ? `${t("found")}: ${wanted}` : t("chats")), direct,
      rows.length ? el("div", { cls: "scroll" }, el("table", {}, el("thead", {}, el("tr", {}, ["chat", "state", "cause", "since", "mail"].map((name) => el("th", {}, t(name))))), el("tbody", {}, rows)))
        : el("p", { cls: "quiet" }, t("no-chats"))));
  };
}
