// One message, or one album, as a bubble.

import { botFace, el, face, icon } from "./dom.js";
import { formatted } from "./formatted.js";
import { attachment, audio, picture, sticker, video } from "./media.js";
import { blocks, button, flat } from "./rich.js";
import { botName, store } from "./store.js";
import { t, time } from "./texts.js";

export function bubble(messages, act) {
  const first = messages[0];
  const last = messages[messages.length - 1];
  if (first.forum_topic_created) return el("p.event", {}, t("topic-opened", { name: first.forum_topic_created.name }));
  const own = first.from.id === store.person;
  const name = first.from.is_bot ? botName() : first.from.first_name;
  const inner = el(
    `div.bubble${first.rich_message ? ".rich" : ""}`,
    { dir: first.rich_message?.is_rtl ? "rtl" : "auto" },
    first.via_bot ? el("small.via", {}, t("via", { name: `@${first.via_bot.username}` })) : null,
    own || first.chat.type === "private" ? null : el(`b.name.hue${first.from.id % 6}`, {}, name),
    quoted(first, act),
    ...content(messages, act),
    ...marks(first, last),
  );
  const keys = keyboard(last, act);
  const body = el("div.body", {}, inner, keys, reactions(first), tools(first, own, act));
  const shape = own ? "article.own" : first.from.is_bot ? "article.bot" : "article.other";
  const label = `${name}, ${time(first.date)}`;
  const plain = own || first.chat.type === "private";
  const shownFace = plain ? null : first.from.is_bot ? botFace() : face(name, first.from.id);
  return el(shape, { "aria-label": label, "data-id": first.message_id, tabindex: "-1" }, shownFace, body);
}

export function draft(told, act) {
  const rich = told.rich_message;
  const nothing = !rich && !told.text;
  const inner = nothing
    ? [el("p.thinking", {}, t("thinking"))]
    : rich
      ? blocks(rich.blocks, act)
      : [el("div.text", { dir: "auto" }, ...formatted(told.text, told.entities, act))];
  return el("article.bot.draft", { "aria-label": t("writing") }, el("div.body", {}, el(`div.bubble${rich ? ".rich" : ""}`, {}, ...inner)));
}

function content(messages, act) {
  const nodes = [];
  const pictures = messages.filter((message) => message.photo || message.video);
  const shown = pictures.map((message) => (message.photo ? picture(message.photo) : video(message.video)));
  if (shown.length) nodes.push(shown.length > 1 ? el(`div.album.of${Math.min(shown.length, 4)}`, {}, ...shown) : shown[0]);
  for (const message of messages) {
    if (message.document) nodes.push(attachment(message.document));
    if (message.voice) nodes.push(audio(message.voice));
    if (message.audio) nodes.push(audio(message.audio));
    if (message.sticker) nodes.push(sticker(message.sticker));
    if (message.rich_message) nodes.push(...blocks(message.rich_message.blocks, act));
    if (message.location) nodes.push(el("div.text", {}, `📍 ${message.location.latitude}, ${message.location.longitude}`));
    if (message.contact) nodes.push(el("div.text", {}, `📞 ${message.contact.first_name}, ${message.contact.phone_number}`));
    const text = message.text ?? message.caption;
    const entities = message.entities ?? message.caption_entities;
    if (text) nodes.push(el("div.text", { dir: "auto" }, ...formatted(text, entities, act)));
  }
  return nodes;
}

const marks = (first, last) => [
  el("small.when", {}, first.edit_date ? `${t("edited")} ` : "", el("time", {}, time(last.date))),
];

function quoted(message, act) {
  const answered = message.reply_to_message;
  if (!answered || answered.forum_topic_created) return null;
  const name = answered.from?.is_bot ? botName() : answered.from?.first_name;
  const said = message.quote?.text || excerpt(answered);
  const jump = () => act("jump", answered.message_id);
  return el("button.quoted", { type: "button", onclick: jump }, el("b", {}, name || ""), el("span", {}, said));
}

export function excerpt(message) {
  const said = message.text || message.caption || flat(message.rich_message || "");
  if (said) return said.slice(0, 160);
  if (message.photo) return t("picture");
  if (message.voice || message.audio) return t("voice");
  return message.document?.file_name || t("file");
}

function keyboard(message, act) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows?.length) return null;
  const press = (kind, told) => act(kind, told, message);
  return el("div.keys", {}, ...rows.map((row) => el("div.row", {}, ...row.map((each) => button(each, press)))));
}

function reactions(message) {
  const of = (by) => store.reactions.get(`${message.chat.id}/${message.message_id}/${by}`);
  const shown = [of("person"), of("bot")].filter(Boolean);
  return shown.length ? el("div.reactions", {}, ...shown.map((emoji) => el("span", {}, emoji))) : null;
}

function tools(message, own, act) {
  const tool = (name, deed) =>
    el("button.tool", { type: "button", title: t(name), "aria-label": t(name), onclick: () => act(deed, message) }, icon(name));
  const editable = own && (message.text || message.caption);
  return el("div.tools", {}, tool("reply", "reply"), editable ? tool("edit", "edit") : tool("like", "like"));
}
