"""Which methods of the Bot API the stand-in acts out.

``getUpdates`` is not among them: it waits, so the server has it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from service.playground import about, abroad, drafts, editing, media, sending
from service.playground.refusals import Refusal
from service.playground.wire import Call
from service.playground.world import World

METHODS: Final[dict[str, Callable[[World, Call], Any]]] = {
    "getMe": about.get_me,
    "getWebhookInfo": about.get_webhook_info,
    "setWebhook": about.set_webhook,
    "deleteWebhook": about.delete_webhook,
    "getFile": about.get_file,
    "getChat": about.get_chat,
    "getChatMember": about.get_chat_member,
    "leaveChat": about.leave_chat,
    "setMyCommands": about.set_my_commands,
    "getMyCommands": about.get_my_commands,
    "deleteMyCommands": about.delete_my_commands,
    "setChatMenuButton": about.set_chat_menu_button,
    "getChatMenuButton": about.get_chat_menu_button,
    "setMyName": about.set_my_name,
    "getMyName": about.get_my_name,
    "setMyDescription": about.set_my_description,
    "getMyDescription": about.get_my_description,
    "setMyProfilePhoto": about.set_my_profile_photo,
    "removeMyProfilePhoto": about.remove_my_profile_photo,
    "setMyShortDescription": about.set_my_short_description,
    "getMyShortDescription": about.get_my_short_description,
    "sendMessage": sending.send_message,
    "sendRichMessage": sending.send_rich_message,
    "sendChatAction": sending.send_chat_action,
    "sendMessageDraft": drafts.send_message_draft,
    "sendRichMessageDraft": drafts.send_rich_message_draft,
    "sendPhoto": media.sender_of("photo"),
    "sendDocument": media.sender_of("document"),
    "sendVoice": media.sender_of("voice"),
    "sendAudio": media.sender_of("audio"),
    "sendVideo": media.sender_of("video"),
    "sendSticker": media.sender_of("sticker"),
    "sendMediaGroup": media.send_media_group,
    "editMessageText": editing.edit_message_text,
    "editMessageMedia": editing.edit_message_media,
    "editMessageCaption": editing.edit_message_caption,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "deleteMessage": editing.delete_message,
    "setMessageReaction": editing.set_message_reaction,
    "answerInlineQuery": abroad.answer_inline_query,
    "answerGuestQuery": abroad.answer_guest_query,
    "answerCallbackQuery": editing.answer_callback_query,
}


def act(world: World, call: Call) -> Any:
    """Do what the bot asks and return the ``result`` of the answer.

    Raises:
        Refusal: Telegram would refuse it, or the stand-in cannot act it out.

    """
    method = METHODS.get(call.method)
    if method is None:
        raise Refusal(501, f"Not Implemented: the playground does not act out {call.method}")
    return method(world, call)
