// Who you are, and the chats you are in.

import { botFace, byId, el, face, swap } from "./dom.js";
import { excerpt } from "./bubbles.js";
import { mine, nameOf, note, place, shown, store } from "./store.js";
import { t } from "./texts.js";

export function drawSide(open, become) {
  swap(byId("people"), ...[...store.people.values()].map((person) => radio(person, become)));
  swap(byId("chats"), ...mine().flatMap((chat) => entries(chat, open)));
  byId("note").textContent = note();
  byId("note").hidden = !note();
}

function radio(person, become) {
  const on = person.id === store.person;
  const choose = () => become(person.id);
  const shape = { type: "button", role: "radio", "aria-checked": String(on), onclick: choose, title: t("speak-as", { name: person.first_name }) };
  return el("button.person", shape, face(person.first_name, person.id), el("span", {}, person.first_name));
}

function entries(chat, open) {
  const topics = chat.topics.map((topic) => entry(chat, topic.id, `# ${topic.name}`, open));
  return [entry(chat, null, nameOf(chat), open), ...topics];
}

function entry(chat, topic, name, open) {
  const on = chat.id === store.chat && topic === store.topic;
  const last = shown(chat, topic).at(-1);
  const unread = store.unread.get(place(chat.id, topic)) || 0;
  const shape = topic === null ? "button.chat" : "button.chat.topic";
  return el(
    shape,
    { type: "button", "aria-current": on ? "true" : null, onclick: () => open(chat.id, topic) },
    topic !== null ? null : chat.type === "private" ? botFace() : face(name, chat.id),
    el("span.lines", {}, el("b", {}, name), el("small", {}, last && !last.forum_topic_created ? excerpt(last) : " ")),
    unread ? el("i.unread", {}, String(unread)) : null,
  );
}
