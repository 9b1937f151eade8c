// The messages of the chat that is open, its drafts, and who is typing.

import { bubble, draft } from "./bubbles.js";
import { botFace, byId, el, face, swap } from "./dom.js";
import { botName, current, here, nameOf, note, shown, store } from "./store.js";
import { t } from "./texts.js";

const kept = new Map(); // key of a bubble -> {messages, node}
let place = null;
let fading = null;
let pinned = true; // whoever looks at the newest message goes on doing so

// Pictures and fonts arrive late and move things; so do new messages and growing drafts.
export function keepAtEnd() {
  const scroll = byId("scroll");
  scroll.addEventListener("scroll", () => {
    pinned = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 90;
    if (pinned) byId("down").hidden = true;
  });
  const toEnd = () => pinned && (scroll.scrollTop = scroll.scrollHeight);
  const watcher = new ResizeObserver(toEnd);
  for (const node of [scroll, byId("messages"), byId("drafts")]) watcher.observe(node);
}

export function drawTalk(act) {
  const chat = current();
  if (!chat) return;
  const scroll = byId("scroll");
  const moved = place !== here();
  if (moved) pinned = true;
  if (moved) kept.clear();
  place = here();
  drawHead(chat);
  const messages = shown(chat, store.topic);
  drawMessages(messages, act);
  drawReplyKeys(messages, act);
  const live = drawDraft(act);
  drawTyping(live);
  drawHero(chat, messages.length === 0 && !live, act);
  if (pinned) scroll.scrollTop = scroll.scrollHeight;
  byId("down").hidden = pinned || scroll.scrollHeight <= scroll.clientHeight;
}

function drawHead(chat) {
  const topic = chat.topics.find((each) => each.id === store.topic);
  const name = nameOf(chat);
  byId("title").textContent = topic ? `${name} › ${topic.name}` : name;
  byId("face").replaceChildren(chat.type === "private" ? botFace() : face(name, chat.id));
  const people = chat.members.map((id) => store.people.get(id)?.first_name);
  byId("subtitle").textContent =
    chat.type === "private" ? `@${store.bot.username}` : [...people, chat.has_bot ? botName() : null].filter(Boolean).join(", ");
}

// Messages of one album, following each other, make one bubble.
function grouped(messages) {
  const groups = [];
  for (const message of messages) {
    const last = groups[groups.length - 1];
    const album = message.media_group_id;
    if (album && last?.[0].media_group_id === album) last.push(message);
    else groups.push([message]);
  }
  return groups;
}

function drawMessages(messages, act) {
  const log = byId("messages");
  const nodes = [];
  const alive = new Set();
  for (const group of grouped(messages)) {
    const key = group[0].message_id;
    const felt = ["person", "bot"].map((by) => store.reactions.get(`${store.chat}/${key}/${by}`)).join();
    const parts = [...group, felt, store.person];
    const old = kept.get(key);
    alive.add(key);
    const same = old && old.parts.length === parts.length && parts.every((part, index) => part === old.parts[index]);
    if (!same) kept.set(key, { parts, node: bubble(group, act) });
    nodes.push(kept.get(key).node);
  }
  for (const key of kept.keys()) if (!alive.has(key)) kept.delete(key);
  nodes.forEach((node, index) => {
    if (log.children[index] !== node) log.insertBefore(node, log.children[index] || null);
  });
  while (log.children.length > nodes.length) log.lastChild.remove();
}

// Keys beside the text field stay until the bot puts them away, or until they are used once.
function drawReplyKeys(messages, act) {
  const at = messages.findLastIndex((each) => each.reply_markup?.keyboard || each.reply_markup?.remove_keyboard);
  const markup = messages[at]?.reply_markup;
  const used = markup?.one_time_keyboard && messages.slice(at + 1).some((each) => each.location || each.contact);
  const rows = (!used && markup?.keyboard) || [];
  const deed = (key) => (key.request_location ? ["share", "location"] : key.request_contact ? ["share", "contact"] : ["say", key.text]);
  byId("reply-keys").hidden = !rows.length;
  byId("reply-keys").replaceChildren(
    ...rows.map((row) =>
      el("div.row", {}, ...row.map((key) => el("button.key", { type: "button", onclick: () => act(...deed(key)) }, key.text))),
    ),
  );
}

function drawDraft(act) {
  clearTimeout(fading);
  const told = store.drafts.get(here());
  const left = told ? told.until - Date.now() : 0;
  if (told && left <= 0) store.drafts.delete(here());
  const live = told && left > 0 ? told : null;
  if (live) fading = setTimeout(() => drawTalk(act), left + 20);
  byId("drafts").replaceChildren(...(live ? [draft(live, act)] : []));
  byId("stop").hidden = !live?.can_stop;
  return live;
}

let typingTimer = null;

function drawTyping(live) {
  clearTimeout(typingTimer);
  const until = store.typing.get(here()) || 0;
  const on = !live && until > Date.now();
  byId("typing").hidden = !on;
  if (on) typingTimer = setTimeout(() => drawTyping(live), until - Date.now() + 20);
}

function drawHero(chat, empty, act) {
  const hero = byId("hero");
  hero.hidden = !empty;
  if (!empty) return hero.replaceChildren();
  const language = document.documentElement.lang.split("-")[0];
  const about = store.bot.descriptions[language] || store.bot.descriptions[""] || t("hero");
  const name = store.bot.username;
  const tries = chat.type === "private" ? tried() : ["try-group"];
  swap(
    hero,
    el("img", { src: "/page/mark.svg", alt: "", width: 64, height: 64 }),
    el("h1", {}, chat.type === "private" ? botName() : nameOf(chat)),
    el("p", {}, chat.type === "private" ? about : t(chat.has_bot ? "hero-group" : "hero-abroad", { name: `@${name}` })),
    note() ? el("p.model", {}, note()) : null,
    el("div.tries", {}, ...tries.map((key) => suggestion(t(key, { name: `@${name}` }), act))),
    el("p.hint", {}, t("hero-break")),
  );
}

const tried = () =>
  store.offline
    ? ["try-first", "try-sum", "try-show", "try-slow", "try-recall", "try-help"]
    : ["try-first", "try-table", "try-long", "try-recall"];

const suggestion = (words, act) =>
  el("button.try", { type: "button", onclick: () => act("say", words) }, words);
