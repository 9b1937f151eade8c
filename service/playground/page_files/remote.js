// Talks to the stand-in. The key makes sure that only this page can.

const key = document.querySelector("meta[name=playground-key]").content;
const headers = { "X-Playground-Key": key };

export class Refused extends Error {
  constructor(body, status) {
    super(body.description || String(status));
    this.code = status;
  }
}

async function read(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(body, response.status);
  return body;
}

export const get = async (path) => read(await fetch(`/_/${path}`, { headers }));

export const post = async (path, body = {}) =>
  read(
    await fetch(`/_/${path}`, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    }),
  );

export async function postFiles(fields, files) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== null && value !== undefined && value !== "") form.append(name, value);
  }
  files.forEach((file, index) => form.append(`file${index}`, file, file.name || "picture.png"));
  return read(await fetch("/_/send", { method: "POST", headers, body: form }));
}

export const fileAddress = (id) => `/_/files/${encodeURIComponent(id)}`;

// Calls hear(event) for whatever happens, and hear({kind: "lost"}) when the stand-in is gone.
// (EventSource cannot carry the key, so the stream is read by hand.)
export async function listen(hear) {
  for (;;) {
    try {
      const response = await fetch("/_/events", { headers });
      if (response.status === 403) return void location.reload(); // another stand-in, another key
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        const lines = (rest + value).split("\n\n");
        rest = lines.pop();
        for (const line of lines) hear(JSON.parse(line.slice("data: ".length)));
      }
    } catch {
      // It ended or never began: the same to whoever looks at the page.
    }
    hear({ kind: "lost" });
    await new Promise((wake) => setTimeout(wake, 700));
  }
}
