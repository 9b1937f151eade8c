// Rich messages: blocks and the words in them. A kind nobody here knows is shown by its words.

import { el, link } from "./dom.js";
import { codeBlock, spoiler } from "./formatted.js";
import { audio, picture, attachment, video } from "./media.js";
import { t } from "./texts.js";

const WORDS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  marked: "mark",
  subscript: "sub",
  superscript: "sup",
};

export function words(text, act) {
  if (text === undefined || text === null) return [];
  if (typeof text === "string") return [text];
  if (Array.isArray(text)) return text.flatMap((part) => words(part, act));
  switch (text.type) {
    case "spoiler":
      return [spoiler(words(text.text, act))];
    case "mathematical_expression":
      return [el("code.maths", {}, text.expression)];
    case "url":
      return [link(text.url, ...words(text.text, act))];
    case "button":
      return [button(text.button || {}, act)];
    case "custom_emoji":
      return [text.alternative_text || "✦"];
    default:
      return [el(WORDS[text.type] || "span", {}, ...words(text.text, act))];
  }
}

export function blocks(list, act) {
  return (list || []).map((block) => BLOCKS[block.type]?.(block, act) ?? unknown(block, act));
}

export function button(told, act) {
  if (told.url) return link(told.url, el("span.key", {}, told.text));
  const press = () => act("button", told);
  const style = told.style ? `.${told.style}` : "";
  return el(`button.key${style}`, { type: "button", disabled: !!told.disabled, onclick: press }, told.text);
}

const BLOCKS = {
  paragraph: (b, act) => el("p", {}, ...words(b.text, act)),
  heading: (b, act) => el(`h${Math.min(Math.max(b.size || 2, 1), 6)}`, {}, ...words(b.text, act)),
  pre: (b) => codeBlock(flat(b.text), b.language),
  mathematical_expression: (b) => el("pre.maths", {}, b.expression),
  divider: () => el("hr"),
  footer: (b, act) => el("p.footer", {}, ...words(b.text, act)),
  anchor: () => "",
  list: (b, act) => list(b, act),
  blockquote: (b, act) =>
    el("blockquote", {}, ...blocks(b.blocks, act), b.credit ? el("cite", {}, ...words(b.credit, act)) : null),
  expandable_blockquote: (b, act) => el("blockquote.expandable", { tabindex: "0" }, ...words(b.text, act)),
  pullquote: (b, act) => el("blockquote.pull", {}, ...words(b.text, act)),
  table: (b, act) => table(b, act),
  details: (b, act) =>
    el("details", { open: !!b.is_open }, el("summary", {}, ...words(b.summary, act)), ...blocks(b.blocks, act)),
  buttons: (b, act) => el("div.keys", {}, el("div.row", {}, ...b.buttons.map((each) => button(each, act)))),
  thinking: (b, act) => el("p.thinking", {}, ...(b.text ? words(b.text, act) : [t("thinking")])),
  photo: (b) => picture(b.photo),
  video: (b) => video(b.video),
  audio: (b) => audio(b.audio),
  voice_note: (b) => audio(b.voice_note),
  document: (b) => attachment(b.document),
  collage: (b, act) => el("div.album", {}, ...blocks(b.blocks, act)),
  slideshow: (b, act) => el("div.album", {}, ...blocks(b.blocks, act)),
};

const unknown = (block, act) => el("p", {}, ...words(block.text, act), ...blocks(block.blocks, act));

function list(block, act) {
  const ordered = block.items.some((item) => item.type || (item.label || "").endsWith("."));
  const items = block.items.map((item) => {
    const box = item.has_checkbox
      ? el("input", { type: "checkbox", disabled: true, checked: !!item.is_checked, "aria-label": "" })
      : null;
    const shape = item.has_checkbox ? "li.task" : "li";
    return el(shape, { value: ordered ? parseInt(item.label, 10) || item.value : null }, box, el("div", {}, ...blocks(item.blocks, act)));
  });
  return el(ordered ? "ol" : "ul", {}, ...items);
}

function table(block, act) {
  const cell = (told) =>
    el(`${told.is_header ? "th" : "td"}.${told.align || "left"}`, { colspan: told.colspan, rowspan: told.rowspan }, ...words(told.text, act));
  const rows = block.cells.map((row) => el("tr", {}, ...row.map(cell)));
  const caption = block.caption ? el("caption", {}, ...words(block.caption, act)) : null;
  return el("div.table", { tabindex: "0" }, el("table", {}, caption, el("tbody", {}, ...rows)));
}

// The words alone: for code, for quotes, and to look for nothing but text.
export function flat(text) {
  if (typeof text === "string") return text;
  if (Array.isArray(text)) return text.map(flat).join("");
  if (!text || typeof text !== "object") return "";
  const parts = text.blocks ?? text.items ?? text.cells?.flat();
  if (parts) return parts.map(flat).join(" ");
  return text.expression ?? flat(text.text ?? text.summary ?? "");
}
