// Guided flows: how far people come, where they are just now, and at which step they leave.
import { t } from "./api.js";
import { el, fill } from "./dom.js";

export function flowsPage(view) {
  return ({ house }) => {
    const used = house.flows.filter((flow) => flow.begun || flow.steps.some((step) => step.here));
    const unused = house.flows.filter((flow) => !used.includes(flow));
    fill(view, el("p", { cls: "quiet lead" }, t("flows-why")), el("div", { cls: "flows" }, used.map(card)),
      unused.length ? el("section", { cls: "card unused" }, el("h2", {}, t("flows-unused")), el("p", { cls: "names" }, unused.map((flow) => el("code", { cls: "chip" }, flow.name)))) : null);
  };
}

function card(flow) {
  const here = flow.steps.reduce((sum, step) => sum + step.here, 0);
  const figures = [["flow-begun", flow.begun], ["flow-here", here], ["flow-finished", flow.finished], ["flow-left", flow.left]];
  const most = Math.max(1, ...flow.steps.map((step) => step.reached));
  return el("section", { cls: "card flow", "data-flow": flow.name }, el("h2", {}, el("code", {}, flow.name)),
    el("dl", { cls: "figures" }, figures.map(([name, value]) => el("div", {}, el("dt", {}, t(name)), el("dd", {}, value, name === "flow-begun" ? null : share(value, flow.begun))))),
    el("ol", { cls: "funnel" }, flow.steps.map((step) => row(step, most))));
}

function row(step, most) {
  const reached = part("reached", step.reached - step.left, most);
  const left = part("left", step.left, most);
  const told = [step.here ? el("b", { cls: "chip here" }, `${step.here} ${t("flow-here-now")}`) : null,
    step.left ? el("b", { cls: "chip bad" }, `${step.left} ${t("flow-left-here")}`, share(step.left, step.reached)) : null];
  return el("li", { cls: step.reached || step.here ? "" : "unseen", "data-step": step.name }, el("span", {}, step.name),
    el("span", { cls: "track", "aria-hidden": "true" }, reached, left), el("b", { cls: "count", title: t("flow-reached") }, step.reached), el("span", { cls: "told" }, told));
}

function part(name, value, most) {
  const bar = el("i", { cls: name });
  bar.style.width = `${100 * value / most}%`;
  return bar;
}

const share = (value, all) => (value && all ? el("small", {}, ` ${Math.round(100 * value / all)} %`) : null);
