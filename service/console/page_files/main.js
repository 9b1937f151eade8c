// The frame of the console: which page is shown, and the stream that keeps it true.
import { get, listen, speak, t } from "./api.js";
import { chatPage } from "./chat.js";
import { chatsPage } from "./chats.js";
import { deadPage } from "./dead.js";
import { $, el, fill, span } from "./dom.js";
import { flowsPage } from "./flows.js";
import { housePage, modelsAreDown } from "./house.js";
import { plotsPage } from "./plots.js";

const view = $("#view");
let stop = new AbortController();

function route() {
  const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/");
  return { name: name || "house", about: decodeURIComponent(rest.join("/")) };
}

function show() {
  stop.abort();
  stop = new AbortController();
  const { name, about } = route();
  for (const tab of document.querySelectorAll("#tabs a")) {
    const here = tab.dataset.tab === (name === "chat" ? "chats" : name);
    if (here) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  fill(view, el("p", { cls: "quiet" }, t("loading")));
  const pages = { house: housePage, chats: chatsPage, chat: chatPage, flows: flowsPage, dead: deadPage, plots: plotsPage };
  const update = (pages[name] ?? housePage)(view, about, stop.signal);
  const heard = (event) => {
    pulse(event.house);
    update?.(event);
  };
  listen(name === "chat" ? about : "", stop.signal, heard, lost);
}

function pulse(house) {
  const troubled = house.polling === "dead" || house.polling === "paused" || house.failing || house.quarantined > 0
    || modelsAreDown(house) || house.bots.some((each) => each.why);
  const place = $("#pulse");
  place.className = troubled ? "bad" : "good";
  place.querySelector("span").textContent = troubled ? t("needs-you") : `${t("well")} · ${span(house.now - house.started)}`;
  const count = $("#dead-count");
  count.hidden = !house.dead_letters;
  count.textContent = house.dead_letters;
}

function lost() {
  $("#pulse").className = "lost";
  $("#pulse span").textContent = t("lost");
}

$("#search").addEventListener("submit", (event) => {
  event.preventDefault();
  location.hash = `#/chats/${encodeURIComponent($("#q").value.trim())}`;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !/INPUT|TEXTAREA/.test(document.activeElement.tagName)) {
    event.preventDefault();
    $("#q").focus();
  }
});
window.addEventListener("hashchange", show);

await speak();
await get("machine").catch(() => null);
show();
