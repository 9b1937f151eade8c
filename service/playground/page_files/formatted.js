// Text with entities, as Telegram marks it: offsets count UTF-16 units, as JavaScript does.

import { el, link } from "./dom.js";
import { t } from "./texts.js";

const PLAIN = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote.expandable",
  mention: "span.mention",
  hashtag: "span.mention",
  text_mention: "span.mention",
  marked: "mark",
  subscript: "sub",
  superscript: "sup",
};

export function formatted(text, entities = [], act = () => {}) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return between(text, sorted, 0, text.length, act);
}

function between(text, entities, from, to, act) {
  const nodes = [];
  let at = from;
  for (let index = 0; index < entities.length; ) {
    const entity = entities[index];
    const start = Math.max(entity.offset, at);
    const end = Math.min(entity.offset + entity.length, to);
    let next = index + 1;
    while (next < entities.length && entities[next].offset < end) next++;
    if (start > at) nodes.push(text.slice(at, start));
    if (end > start) {
      const inner = between(text, entities.slice(index + 1, next), start, end, act);
      nodes.push(marked(entity, text.slice(start, end), inner, act));
      at = end;
    }
    index = next;
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes;
}

function marked(entity, words, inner, act) {
  switch (entity.type) {
    case "pre":
      return codeBlock(words, entity.language);
    case "spoiler":
      return spoiler(inner);
    case "url":
      return link(words, ...inner);
    case "text_link":
      return link(entity.url, ...inner);
    case "bot_command":
      return el("button.command", { type: "button", onclick: () => act("command", words) }, words);
    default:
      return el(PLAIN[entity.type] || "span", {}, ...inner);
  }
}

export function codeBlock(words, language) {
  const copy = el("button.copy", { type: "button", onclick: () => copied(copy, words) }, t("copy"));
  const head = el("figcaption", {}, el("span", {}, language || ""), copy);
  return el("figure.code", {}, head, el("pre", {}, el("code", {}, words)));
}

async function copied(button, words) {
  await navigator.clipboard?.writeText(words).catch(() => {});
  button.textContent = t("copied");
  setTimeout(() => (button.textContent = t("copy")), 1500);
}

export function spoiler(inner) {
  const hidden = el("span.spoiler", { role: "button", tabindex: "0", "aria-label": t("spoiler") }, ...inner);
  const show = () => {
    hidden.classList.add("shown");
    hidden.removeAttribute("aria-label");
  };
  hidden.addEventListener("click", show);
  hidden.addEventListener("keydown", (event) => event.key === "Enter" && show());
  return hidden;
}
