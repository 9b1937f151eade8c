// Pictures, sound and files in a message.

import { byId, el, icon } from "./dom.js";
import { fileAddress } from "./remote.js";
import { t } from "./texts.js";

export function picture(sizes) {
  const largest = sizes[sizes.length - 1];
  const image = el("img.photo", {
    src: fileAddress(largest.file_id),
    alt: t("picture"),
    width: largest.width,
    height: largest.height,
    loading: "lazy",
  });
  return el("button.photo", { type: "button", "aria-label": t("enlarge"), onclick: () => enlarge(largest) }, image);
}

function enlarge(size) {
  const viewer = byId("viewer");
  viewer.querySelector("img").src = fileAddress(size.file_id);
  viewer.showModal();
}

export const audio = (told) =>
  el("div.sound", {}, told.file_name ? el("span", {}, told.title || told.file_name) : null, el("audio", { controls: true, preload: "none", src: fileAddress(told.file_id) }));

export const video = (told) => el("video", { controls: true, preload: "metadata", src: fileAddress(told.file_id) });

export const sticker = (told) => el("img.sticker", { src: fileAddress(told.file_id), alt: told.emoji || t("sticker") });

export const attachment = (told) =>
  el(
    "a.file",
    { href: fileAddress(told.file_id), download: told.file_name || "file" },
    el("span.sheet", {}, icon("file")),
    el("span", {}, el("b", {}, told.file_name || t("file")), el("small", {}, size(told.file_size))),
  );

export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1 << 20) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / (1 << 20)).toFixed(1)} MB`;
}
