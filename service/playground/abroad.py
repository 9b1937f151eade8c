"""Inline mode and guest mode: what a bot may do in chats that it is not in.

Somebody types the bot's name and a question anywhere; the bot offers messages; whichever is
chosen is sent in that person's name. Or they call the bot by its name where it is not, and it
may say one thing. In both cases the bot knows the message by a name, and can only edit it.
"""

from __future__ import annotations

import secrets
from typing import Any, Final

from service.playground import rich
from service.playground.queries import Query
from service.playground.refusals import bad_request, check_keyboard, checked_text
from service.playground.speech import detected, new_message, publish
from service.playground.wire import Call
from service.playground.world import Chat, Person, World

Json = dict[str, Any]

OFFER_LIVES: Final = 15.0
"""Seconds within which an inline query has to be answered."""
CALL_LIVES: Final = 60.0
"""The same for a guest query; Telegram does not say how long it is."""
LONGEST_QUERY: Final = 256
MOST_RESULTS: Final = 50


# -- what people do ---------------------------------------------------------------------------


def ask(world: World, person: Person, text: str, chat: Chat | None = None) -> str:
    """Type *text* behind the bot's name and return the id of the query."""
    query = str(secrets.randbits(62))
    world.abroad.queries[query] = Query(person=person, text=text, at=world.clock())
    told: Json = {
        "id": query,
        "from": person.as_user(),
        "query": text[:LONGEST_QUERY],
        "offset": "",
    }
    if chat is not None:
        told["chat_type"] = "sender" if chat.is_private else chat.type
    world.updates.put("inline_query", told)
    return query


def choose(world: World, person: Person, chat: Chat, query: str, result: str) -> Json:
    """Send the *result* that the bot has offered for *query*."""
    asked = world.abroad.queries.get(query)
    offered = (asked.results or {}).get(result) if asked else None
    if asked is None or offered is None or person.id not in chat.members:
        raise bad_request("there is no such offer")
    message = new_message(world, chat, person.as_user())
    message |= {"via_bot": world.profile.as_user()} | offered
    publish(world, chat, message)
    told: Json = {"result_id": result, "from": person.as_user(), "query": asked.text}
    if "reply_markup" in offered:  # without a keyboard Telegram does not say
        told["inline_message_id"] = world.abroad.name(chat, message)
    world.updates.put("chosen_inline_result", told)
    if chat.has_bot:
        world.updates.put("message", message)
    return message


def call_in(world: World, chat: Chat, message: Json) -> bool:
    """Tell the bot of *message* if it is called by its name in a chat that it is not in."""
    text = message.get("text") or message.get("caption") or ""
    if chat.has_bot or f"@{world.profile.username}".lower() not in text.lower():
        return False
    query = str(secrets.randbits(62))
    world.abroad.calls[query] = (chat, message, world.clock())
    world.updates.put("guest_message", message | {"guest_query_id": query})
    return True


# -- what the bot does ------------------------------------------------------------------------


def answer_inline_query(world: World, call: Call) -> bool:
    """Offer messages for what somebody has typed."""
    asked = world.abroad.queries.get(call.params["inline_query_id"])
    if asked is None or asked.results is not None or asked.at + OFFER_LIVES < world.clock():
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    results = call.params["results"]
    if len(results) > MOST_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    button = call.get("button")
    if button is not None and not _is_fit(button):
        raise bad_request("BUTTON_INVALID")
    offers = {str(each["id"]): _message(world, each) for each in results}
    if len(offers) != len(results):
        raise bad_request("RESULT_ID_DUPLICATE")
    asked.results = offers
    world.stage.tell(
        "offers",
        person=asked.person.id,
        query=call.params["inline_query_id"],
        results=[
            {key: each.get(key, "") for key in ("id", "title", "description")} for each in results
        ],
        button=button,
    )
    return True


def answer_guest_query(world: World, call: Call) -> Json:
    """Say the one thing that a guest may say."""
    query = call.params["guest_query_id"]
    chat, asked, at = world.abroad.calls.get(query) or (None, None, 0.0)
    if chat is None or asked is None or at + CALL_LIVES < world.clock():
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    content = _message(world, call.params["result"])
    del world.abroad.calls[query]
    message = new_message(world, chat, world.profile.as_user(), answers=asked)
    message |= {"guest_bot_caller_user": asked["from"]} | content
    publish(world, chat, message)
    return {"inline_message_id": world.abroad.name(chat, message)}


def _message(world: World, result: Json) -> Json:
    """Return what a message made of *result* holds.

    Raises:
        Refusal: Telegram would not take it, or the playground cannot show it.

    """
    if result.get("type") != "article":
        raise bad_request("the playground reads articles only")
    if not 1 <= len(str(result.get("id", "")).encode()) <= 64:
        raise bad_request("RESULT_ID_INVALID")
    if not str(result.get("title", "")).strip():
        raise bad_request("ARTICLE_TITLE_EMPTY")
    markup, content = result.get("reply_markup"), result["input_message_content"]
    check_keyboard(markup)
    if "rich_message" in content:
        made: Json = {"rich_message": rich.accepted(world.files, content["rich_message"], {})}
    else:
        if "parse_mode" in content:
            raise bad_request("the playground reads entities, not parse_mode")
        given = content.get("entities") or []
        text, entities = checked_text(content.get("message_text", ""), given)
        made = {"text": text}
        if entities := detected(text, entities):
            made["entities"] = entities
    if markup and markup.get("inline_keyboard"):
        made["reply_markup"] = markup
    return made


def _is_fit(button: Json) -> bool:
    parameter = button.get("start_parameter")
    named = parameter is None or (
        1 <= len(parameter) <= 64 and parameter.replace("-", "_").replace("_", "a").isalnum()
    )
    does = [key for key in ("web_app", "start_parameter") if button.get(key) is not None]
    return bool(str(button.get("text", "")).strip()) and named and len(does) == 1
