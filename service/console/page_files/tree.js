// The supervision tree in the manner of Erlang's observer: drawn left to right, alive or not.
import { t } from "./api.js";
import { el } from "./dom.js";

export function tree(house) {
  const kinds = {};
  for (const [kind, status, count] of house.statuses) (kinds[kind] ??= []).push([status, count]);
  const chats = house.attention.slice(0, 6).map((each) => leaf(each.key, each.cause, `#/chat/${each.key}`, `dot ${each.cause}`));
  const actors = Object.entries(kinds).map(([kind, found]) => branch(kind,
    found.map(([status, count]) => `${count} ${status}`).join(" · "), kind === "chat" ? chats : []));
  const children = house.children.map(([name, alive, restarts]) => leaf(name, restarts ? `${restarts} ↻` : "", "", alive ? "dot up" : "dot down"));
  return el("ul", { cls: "tree", role: "tree", "aria-label": t("tree-title") },
    el("li", { role: "treeitem" }, node("greenroom", "one_for_one", "dot up"), el("ul", { role: "group" },
      branch(t("children"), "rest_for_one", children), branch(t("actors"), "one_for_one", actors))));
}

function branch(name, note, children) {
  return el("li", { role: "treeitem" }, node(name, note, "dot group"), children.length ? el("ul", { role: "group" }, children) : null);
}

function leaf(name, note, href, dot) {
  return el("li", { role: "treeitem" }, href ? el("a", { href, cls: "node", "data-focus": `tree-${name}` }, inside(name, note, dot)) : node(name, note, dot));
}

const node = (name, note, dot) => el("span", { cls: "node" }, inside(name, note, dot));
const inside = (name, note, dot) => [el("b", { cls: dot }), el("span", {}, name), note ? el("small", {}, note) : null];
