// Talking to the service: every request carries the key, and nothing else knows it.
import { $ } from "./dom.js";

const PLACE = "greenroom-console-token";
export const language = navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
let sentences = {};
let key = $("meta[name=console-key]").content || sessionStorage.getItem(PLACE) || "";

export const t = (name) => sentences[name] ?? name;

export async function speak() {
  const reply = await fetch(`/console/texts/${language}`);
  sentences = (await reply.json()).sentences;
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label));
  for (const node of document.querySelectorAll("[data-placeholder]")) node.placeholder = t(node.dataset.placeholder);
}

const headers = () => ({ "X-Greenroom-Console": key });
const where = (path) => `/console/api/${path}${path.includes("?") ? "&" : "?"}language=${language}`;

async function asked(path, options = {}) {
  const reply = await fetch(where(path), { ...options, headers: { ...headers(), ...options.headers } });
  if (reply.status === 401 || reply.status === 429) {
    await login(reply.status === 401 && key !== "");
    return asked(path, options);
  }
  if (!reply.ok) throw new Error(`${reply.status}`);
  return reply;
}

export const get = async (path) => (await asked(path)).json();

export async function act(action, about) {
  const body = JSON.stringify({ action, about });
  return (await asked("act", { method: "POST", body, headers: { "Content-Type": "application/json" } })).json();
}

let asking = null;
function login(wrong) {
  asking ??= new Promise((done) => {
    const dialog = $("#login");
    dialog.querySelector(".wrong").hidden = !wrong;
    dialog.onclose = () => {
      key = $("#token").value.trim();
      $("#token").value = "";
      sessionStorage.setItem(PLACE, key);
      asking = null;
      done();
    };
    dialog.oncancel = (event) => event.preventDefault();
    dialog.showModal();
  });
  return asking;
}

// Listen until *stop* is aborted; when the service is away, try again and say so.
export async function listen(chat, stop, heard, lost) {
  const path = chat ? `events?chat=${encodeURIComponent(chat)}` : "events";
  while (!stop.aborted) {
    try {
      const reply = await asked(path, { signal: stop });
      const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        const lines = (rest + value).split("\n\n");
        rest = lines.pop();
        for (const line of lines) if (line.startsWith("data: ")) heard(JSON.parse(line.slice(6)));
      }
    } catch {
      if (stop.aborted) return;
    }
    lost();
    await new Promise((next) => setTimeout(next, 1000));
  }
}
