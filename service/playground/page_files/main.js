// Ties the page together: hears what happens, draws what changed, does what is clicked.

import { byId, el, icon } from "./dom.js";
import { answer, moved, rewrite, setUpComposer, submit } from "./composer.js";
import { offered } from "./inline.js";
import { crash, drawPulse, kill } from "./pulse.js";
import { get, listen, post } from "./remote.js";
import { drawSide } from "./side.js";
import { fill, here, place, store, take } from "./store.js";
import { drawTalk, keepAtEnd } from "./talk.js";
import { learn, t } from "./texts.js";

const dirty = new Set();

function draw(...what) {
  if (!dirty.size) setTimeout(flush, 16); // not requestAnimationFrame: a hidden page must keep up too
  for (const each of what) dirty.add(each);
}

function flush() {
  const what = [...dirty];
  dirty.clear();
  if (what.includes("list")) drawSide(open, become);
  if (what.includes("talk")) drawTalk(act);
  if (what.includes("service")) drawPulse();
}

function toast(words, hold = 3500) {
  if (!words) return;
  const toasts = byId("toasts");
  for (const old of [...toasts.children]) if (old.textContent === words) old.remove();
  while (toasts.children.length >= 2) toasts.firstChild.remove(); // more would hide the talk
  const shown = el("div.toast", {}, words);
  toasts.append(shown);
  setTimeout(() => shown.remove(), hold);
}

const complaining = (promise) => promise.catch((wrong) => toast(wrong.message, 5000));

function open(chat, topic) {
  [store.chat, store.topic] = [chat, topic];
  store.unread.delete(place(chat, topic));
  document.body.classList.add("in-chat");
  moved();
  draw("list", "talk");
  if (matchMedia("(hover: hover)").matches) byId("text").focus();
}

function become(person) {
  const staying = store.chats.get(store.chat)?.type !== "private" && store.chats.get(store.chat)?.members.includes(person);
  store.person = person;
  if (!staying) [store.chat, store.topic] = [person, null];
  store.unread.delete(here());
  moved();
  draw("list", "talk");
}

const where = () => ({ person: store.person, chat: store.chat, topic: store.topic });

// Whatever can be clicked inside a message ends here.
function act(deed, what, message) {
  switch (deed) {
    case "say":
    case "command":
      return void submit(what);
    case "share":
      return void complaining(post("share", { ...where(), kind: what }));
    case "button":
      return press(what, message);
    case "reply":
      return answer(what);
    case "edit":
      return rewrite(what);
    case "like":
      return void complaining(post("react", { ...where(), message_id: what.message_id, emoji: "👍" }));
    case "jump":
      return jump(what);
    default:
      return undefined;
  }
}

function press(told, message) {
  if (told.copy_text) {
    navigator.clipboard?.writeText(told.copy_text.text).catch(() => {});
    return toast(t("copied"));
  }
  if (!told.callback_data) return undefined;
  const number = message?.message_id ?? lastWith(told.callback_data);
  return void complaining(post("press", { ...where(), message_id: number, data: told.callback_data }));
}

// A button inside rich text does not know its message; the newest that holds it is meant.
function lastWith(data) {
  const chat = store.chats.get(store.chat);
  return [...chat.messages.values()].reverse().find((each) => JSON.stringify(each).includes(JSON.stringify(data)))?.message_id;
}

function jump(number) {
  const target = byId("messages").querySelector(`[data-id="${Number(number)}"]`);
  target?.scrollIntoView({ block: "center", behavior: "smooth" });
  target?.classList.add("found");
  setTimeout(() => target?.classList.remove("found"), 1600);
}

let lost = false;

async function hear(event) {
  if (event.kind === "lost") {
    lost = true;
    store.service = "lost";
    return draw("service");
  }
  if ((event.kind === "hello" && lost) || event.kind === "reload") {
    lost = false;
    fill(await get("state"));
    return draw("list", "talk", "service");
  }
  if (event.kind === "toast" && event.person === store.person) {
    if (!event.alert) return toast(event.text);
    byId("alert").querySelector("p").textContent = event.text;
    return byId("alert").showModal();
  }
  if (event.kind === "offers") return offered(event);
  return draw(...take(event));
}

function label() {
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", t(node.dataset.label));
    if (node.tagName === "BUTTON") node.title = t(node.dataset.label);
  }
  for (const node of document.querySelectorAll("[data-placeholder]")) node.placeholder = t(node.dataset.placeholder);
  for (const node of document.querySelectorAll("[data-icon]")) node.append(icon(node.dataset.icon));
}

async function start() {
  await learn();
  label();
  fill(await get("state"));
  setUpComposer((words) => toast(words, 5000));
  byId("crash").addEventListener("click", () => crash().then(() => toast(t("crashed")), (wrong) => toast(t({ 404: "crash-nobody", 423: "crash-quarantine" }[wrong.code] ?? "not-now"))));
  byId("kill").addEventListener("click", () => kill().catch(() => toast(t("not-now"))));
  byId("stop").addEventListener("click", () => complaining(post("stop", where())));
  byId("back").addEventListener("click", () => document.body.classList.remove("in-chat"));
  byId("down").addEventListener("click", () => byId("scroll").scrollTo({ top: 1e9, behavior: "smooth" }));
  keepAtEnd();
  byId("viewer").addEventListener("click", () => byId("viewer").close());
  document.body.classList.add("in-chat"); // on a narrow screen, begin with a chat, not with the list
  byId("app").hidden = false;
  moved();
  dirty.add("list").add("talk").add("service");
  flush();
  document.body.dataset.ready = "yes";
  await listen(hear);
}

void start();
