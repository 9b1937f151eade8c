// Where one writes: words, pictures, files; an answer to a message, or a better wording.

import { byId, el, icon } from "./dom.js";
import { excerpt } from "./bubbles.js";
import { setUpInline, typedInline } from "./inline.js";
import { size } from "./media.js";
import { post, postFiles } from "./remote.js";
import { here, store } from "./store.js";
import { t } from "./texts.js";

let files = [];
let kind = "document";
let answered = null;
let edited = null;
let report = () => {};
const unsent = new Map(); // what stands half-written in each chat

const text = byId("text");
const where = () => ({ person: store.person, chat: store.chat, topic: store.topic });

export function setUpComposer(complain) {
  report = complain;
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    void submit();
  });
  text.addEventListener("keydown", typed);
  text.addEventListener("input", () => {
    fit();
    offer();
    typedInline(text.value);
  });
  setUpInline(where, () => {
    text.value = "";
    fit();
  });
  text.addEventListener("paste", (event) => event.clipboardData.files.length && add([...event.clipboardData.files]));
  byId("attach").addEventListener("click", () => unfold(byId("kinds").hidden));
  for (const choice of byId("kinds").children) {
    choice.addEventListener("click", () => {
      unfold(false);
      byId(`pick-${choice.dataset.kind}`).click();
    });
  }
  for (const each of ["photo", "document", "voice"]) {
    byId(`pick-${each}`).addEventListener("change", (event) => {
      add([...event.target.files], each);
      event.target.value = "";
    });
  }
  const pane = byId("talk");
  pane.addEventListener("dragover", (event) => event.preventDefault());
  pane.addEventListener("drop", (event) => {
    event.preventDefault();
    add([...event.dataTransfer.files]);
  });
  document.addEventListener("click", (event) => event.target.closest("#attach, #kinds") || unfold(false));
}

function typed(event) {
  if (event.key === "Escape") return clearContext();
  if (event.key === "ArrowUp" && !text.value) return byId("messages").querySelector("article.own:last-of-type .tool[data-edit]")?.click();
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return undefined;
  event.preventDefault();
  return void submit();
}

export async function submit(words = text.value) {
  const said = words.trim();
  if (!said && !files.length) return;
  const [sent, sentKind, to, change] = [files, kind, answered, edited];
  text.value = "";
  files = [];
  clearContext();
  drawTray();
  fit();
  offer();
  typedInline("");
  try {
    if (change) await post("edit", { ...where(), message_id: change.message_id, text: said });
    else if (sent.length) await sendFiles({ ...where(), kind: sentKind, caption: said, reply_to: to?.message_id }, sent);
    else await post("say", { ...where(), text: said, reply_to: to?.message_id });
  } catch (wrong) {
    report(wrong.message);
    text.value = text.value || said;
    fit();
  }
}

// As Telegram's apps do: what does not fit into one album is the next one.
async function sendFiles(fields, all) {
  for (let at = 0; at < all.length; at += 10) await postFiles({ ...fields, caption: at ? "" : fields.caption }, all.slice(at, at + 10));
}

function add(more, wanted) {
  if (!more.length) return;
  const allPictures = more.every((file) => file.type.startsWith("image/") && file.type !== "image/svg+xml");
  const next = wanted || (allPictures ? "photo" : "document");
  files = files.length && next === kind ? [...files, ...more] : more;
  kind = next;
  drawTray();
  text.focus();
}

function drawTray() {
  const tray = byId("tray");
  for (const old of tray.querySelectorAll("img")) URL.revokeObjectURL(old.src);
  tray.hidden = !files.length;
  tray.replaceChildren(...files.map(item));
}

function item(file) {
  const remove = () => {
    files = files.filter((other) => other !== file);
    drawTray();
  };
  const look = kind === "photo" ? el("img", { src: URL.createObjectURL(file), alt: file.name }) : icon(kind === "voice" ? "voice" : "file");
  const label = kind === "photo" ? null : el("span", {}, file.name, el("small", {}, size(file.size)));
  return el("div.item", {}, look, label, el("button", { type: "button", "aria-label": t("remove"), onclick: remove }, icon("close")));
}

export function answer(message) {
  [answered, edited] = [message, null];
  drawContext("reply", message);
}

export function rewrite(message) {
  [answered, edited] = [null, message];
  text.value = message.text || message.caption || "";
  fit();
  drawContext("edit", message);
}

function drawContext(name, message) {
  const line = el("span", {}, el("b", {}, t(name)), " ", excerpt(message));
  const close = el("button.icon", { type: "button", "aria-label": t("cancel"), onclick: clearContext }, icon("close"));
  byId("context").replaceChildren(icon(name), line, close);
  byId("context").hidden = false;
  text.focus();
}

export function clearContext() {
  if (edited) text.value = "";
  answered = edited = null;
  byId("context").hidden = true;
  unfold(false);
  byId("menu").hidden = true;
}

let written = null;

// Another chat is open now: keep what stands here, bring back what stood there.
export function moved() {
  if (written === here()) return;
  if (written !== null && !edited) unsent.set(written, text.value);
  clearContext();
  written = here();
  text.value = unsent.get(written) || "";
  fit();
}

function unfold(open) {
  byId("kinds").hidden = !open;
  byId("attach").setAttribute("aria-expanded", String(open));
}

function fit() {
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight, 180)}px`;
}

// "/" shows what the bot has put into its menu, in the person's language.
function offer() {
  const menu = byId("menu");
  const match = /^\/(\w*)$/.exec(text.value);
  const found = match ? commands().filter((each) => each.command.startsWith(match[1])) : [];
  menu.hidden = !found.length;
  menu.replaceChildren(
    ...found.map((each) =>
      el("button", { type: "button", role: "option", onclick: () => submit(`/${each.command}`) }, el("b", {}, `/${each.command}`), el("span", {}, each.description)),
    ),
  );
}

function commands() {
  const language = (store.people.get(store.person)?.language_code || "en").split("-")[0];
  const menus = store.bot.commands.filter((each) => /default|all_private/.test(each.scope));
  return (menus.find((each) => each.language === language) || menus.find((each) => !each.language) || menus[0])?.commands || [];
}
