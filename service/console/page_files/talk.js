// Saying something to the operator, and asking before something is done.
import { $, el } from "./dom.js";

export function toast(text, ok = true) {
  const node = el("p", { cls: ok ? "toast" : "toast bad" }, text);
  $("#toasts").append(node);
  setTimeout(() => node.remove(), 6000);
}

export function ask(title, why) {
  const dialog = $("#confirm");
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector("p").textContent = why;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((done) => { dialog.onclose = () => done(dialog.returnValue === "yes"); });
}

export function read(title, text) {
  const dialog = $("#reader");
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector("pre").textContent = text;
  dialog.showModal();
}

export function save(name, text) {
  const link = el("a", { download: name, href: `data:application/json;charset=utf-8,${encodeURIComponent(text)}` });
  link.click();
}
