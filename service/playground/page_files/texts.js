// The page's own sentences, in the language of the browser.

let sentences = {};

export async function learn() {
  const wanted = new URLSearchParams(location.search).get("lang") || navigator.language || "en";
  const response = await fetch(`/page-texts/${encodeURIComponent(wanted)}`);
  const told = await response.json();
  sentences = told.sentences;
  document.documentElement.lang = told.language;
}

export function t(key, values = {}) {
  const sentence = sentences[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export const time = (seconds) =>
  new Date(seconds * 1000).toLocaleTimeString(navigator.language, {
    hour: "2-digit",
    minute: "2-digit",
  });
