// Is the service there? And the two buttons that show what it is made for.

import { byId } from "./dom.js";
import { post } from "./remote.js";
import { store } from "./store.js";
import { t } from "./texts.js";

let since = 0;
let ticking = null;
let back = null;

export function drawPulse() {
  const strip = byId("service");
  strip.dataset.state = store.service;
  byId("crash").disabled = byId("kill").disabled = !store.canControl;
  strip.title = store.canControl ? "" : t("no-control");
  const away = store.service === "killed" || store.service === "down";
  if (away && !ticking) {
    since = Date.now();
    ticking = setInterval(say, 100);
  }
  if (!away && ticking) {
    clearInterval(ticking);
    ticking = null;
  }
  if (store.service === "up" && store.away !== null) welcome(store.away);
  say();
}

function welcome(seconds) {
  back = seconds;
  store.away = null;
  byId("service").classList.add("returned");
  setTimeout(() => {
    back = null;
    byId("service").classList.remove("returned");
    say();
  }, 12000);
}

function say() {
  const gone = ((Date.now() - since) / 1000).toFixed(1);
  const words = {
    never: () => t("service-never"),
    up: () => (back === null ? t("service-up") : t("service-back", { seconds: back.toFixed(1) })),
    killed: () => t("service-killed", { seconds: gone }),
    down: () => t("service-down", { seconds: gone }),
    lost: () => t("playground-lost"),
  };
  const line = words[store.service]();
  if (byId("pulse-text").textContent !== line) byId("pulse-text").textContent = line;
}

export const crash = () => post("crash", { chat: store.chat, topic: store.topic });
export const kill = () => post("kill");
