// What the page knows: people, chats, messages, drafts. Views are told to look again.

export const store = {
  bot: null,
  people: new Map(),
  chats: new Map(),
  drafts: new Map(),
  reactions: new Map(),
  typing: new Map(),
  unread: new Map(),
  service: "never",
  away: null,
  notes: {},
  offline: false,
  canControl: false,
  person: null,
  chat: null,
  topic: null,
};

export const place = (chat, topic) => `${chat}/${topic ?? ""}`;
export const here = () => place(store.chat, store.topic);
export const current = () => store.chats.get(store.chat);
export const shown = (chat, topic) =>
  [...chat.messages.values()].filter((message) => (message.is_topic_message ? message.message_thread_id : null) === topic);
export const mine = () =>
  [...store.chats.values()].filter((chat) => chat.members.includes(store.person));
export const nameOf = (chat) => (chat.type === "private" ? botName() : chat.title);

export function botName() {
  const names = store.bot.names;
  return names[document.documentElement.lang.split("-")[0]] || names[""];
}

export const note = () => store.notes[document.documentElement.lang] || store.notes[""] || "";

export function fill(state) {
  store.bot = state.bot;
  store.people = new Map(state.people.map((person) => [person.id, person]));
  store.chats = new Map(state.chats.map((chat) => [chat.id, withMessages(chat, chat.messages)]));
  store.drafts.clear();
  for (const draft of state.drafts) keepDraft(draft);
  Object.assign(store, { service: state.service, notes: state.notes, offline: state.is_offline, canControl: state.can_control });
  if (!store.people.has(store.person)) store.person = state.people[0]?.id ?? null;
  if (!store.chats.has(store.chat)) [store.chat, store.topic] = [store.person, null];
}

const withMessages = (chat, messages) => ({
  ...chat,
  messages: new Map(messages.map((message) => [message.message_id, message])),
});

function keepDraft(draft) {
  store.drafts.set(place(draft.chat, draft.topic), { ...draft, until: Date.now() + draft.left * 1000 });
}

// Takes in one event and says what has changed: "talk", "list", "service", ...
export function take(event) {
  const chat = store.chats.get(event.chat);
  switch (event.kind) {
    case "message":
      chat.messages.set(event.message.message_id, event.message);
      arrived(event);
      return ["talk", "list"];
    case "edited":
      chat.messages.set(event.message.message_id, event.message);
      return ["talk", "list"];
    case "deleted":
      chat.messages.delete(event.message_id);
      return ["talk"];
    case "draft":
      keepDraft(event);
      store.typing.delete(place(event.chat, event.topic));
      return ["talk"];
    case "draft gone":
      store.drafts.delete(place(event.chat, event.topic));
      return ["talk"];
    case "action":
      store.typing.set(place(event.chat, event.topic), Date.now() + 5500);
      return ["talk"];
    case "reaction":
      store.reactions.set(`${event.chat}/${event.message_id}/${event.by}`, event.emoji[0] || "");
      return ["talk"];
    case "person":
      store.people.set(event.person.id, event.person);
      return ["list"];
    case "chat":
      store.chats.set(event.chat.id, withMessages(event.chat, [...(store.chats.get(event.chat.id)?.messages.values() ?? [])]));
      return ["list", "talk"];
    case "profile":
      store.bot = event.profile;
      return ["list", "talk"];
    case "notes":
      store.notes = event.notes;
      return ["list", "talk"];
    case "control":
      store.canControl = event.can_control;
      return ["service"];
    case "service":
      Object.assign(store, { service: event.state, away: event.after ?? null });
      return ["service"];
    default:
      return [];
  }
}

function arrived({ chat, message }) {
  const topic = message.is_topic_message ? message.message_thread_id : null;
  const where = place(chat, topic);
  if (message.from.is_bot) store.typing.delete(where);
  if (where !== here() && message.from.id !== store.person) {
    store.unread.set(where, (store.unread.get(where) || 0) + 1);
  }
}
