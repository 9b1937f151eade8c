"""The names of fields that this copy knows: those of Bot API 10.3, as aiogram has them.

`Novelties` speaks up when Telegram sends others. A test holds these lists to those of aiogram.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_MESSAGE = frozenset(
    [
        "animation",
        "audio",
        "author_signature",
        "boost_added",
        "business_connection_id",
        "caption",
        "caption_entities",
        "channel_chat_created",
        "chat",
        "chat_background_set",
        "chat_owner_changed",
        "chat_owner_left",
        "chat_shared",
        "checklist",
        "checklist_tasks_added",
        "checklist_tasks_done",
        "community_chat_added",
        "community_chat_joined",
        "community_chat_removed",
        "connected_website",
        "contact",
        "date",
        "delete_chat_photo",
        "dice",
        "direct_message_price_changed",
        "direct_messages_topic",
        "document",
        "edit_date",
        "effect_id",
        "entities",
        "ephemeral_message_id",
        "external_reply",
        "forum_topic_closed",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_reopened",
        "forward_date",
        "forward_from",
        "forward_from_chat",
        "forward_from_message_id",
        "forward_origin",
        "forward_sender_name",
        "forward_signature",
        "from",
        "game",
        "general_forum_topic_hidden",
        "general_forum_topic_unhidden",
        "gift",
        "gift_upgrade_sent",
        "giveaway",
        "giveaway_completed",
        "giveaway_created",
        "giveaway_winners",
        "group_chat_created",
        "guest_bot_caller_chat",
        "guest_bot_caller_user",
        "guest_query_id",
        "has_media_spoiler",
        "has_protected_content",
        "invoice",
        "is_automatic_forward",
        "is_from_offline",
        "is_paid_post",
        "is_topic_message",
        "left_chat_member",
        "link_preview_options",
        "live_photo",
        "location",
        "managed_bot_created",
        "media_group_id",
        "message_auto_delete_timer_changed",
        "message_id",
        "message_thread_id",
        "migrate_from_chat_id",
        "migrate_to_chat_id",
        "new_chat_members",
        "new_chat_photo",
        "new_chat_title",
        "paid_media",
        "paid_message_price_changed",
        "paid_star_count",
        "passport_data",
        "photo",
        "pinned_message",
        "poll",
        "poll_option_added",
        "poll_option_deleted",
        "proximity_alert_triggered",
        "quote",
        "receiver_user",
        "refunded_payment",
        "reply_markup",
        "reply_to_checklist_task_id",
        "reply_to_message",
        "reply_to_poll_option_id",
        "reply_to_story",
        "rich_message",
        "sender_boost_count",
        "sender_business_bot",
        "sender_chat",
        "sender_tag",
        "show_caption_above_media",
        "sticker",
        "story",
        "successful_payment",
        "suggested_post_approval_failed",
        "suggested_post_approved",
        "suggested_post_declined",
        "suggested_post_info",
        "suggested_post_paid",
        "suggested_post_refunded",
        "supergroup_chat_created",
        "text",
        "unique_gift",
        "user_shared",
        "users_shared",
        "venue",
        "via_bot",
        "video",
        "video_chat_ended",
        "video_chat_participants_invited",
        "video_chat_scheduled",
        "video_chat_started",
        "video_note",
        "voice",
        "web_app_data",
        "write_access_allowed",
    ]
)
_PRESS = frozenset(
    ["chat_instance", "data", "from", "game_short_name", "id", "inline_message_id", "message"]
)
_MEMBER = frozenset(
    [
        "chat",
        "date",
        "from",
        "invite_link",
        "new_chat_member",
        "old_chat_member",
        "via_chat_folder_invite_link",
        "via_join_request",
    ]
)
_REACTION = frozenset(
    ["actor_chat", "chat", "date", "message_id", "new_reaction", "old_reaction", "user"]
)
_STOPPED = frozenset(["chat", "draft_id", "message_thread_id"])
_INLINE = frozenset(["chat_type", "from", "id", "location", "offset", "query"])
_CHOSEN = frozenset(["from", "inline_message_id", "location", "query", "result_id"])
OLD: Final = frozenset({"left_chat_participant", "new_chat_member", "new_chat_participant"})
"""Fields of messages that Telegram still sends beside those that have replaced them."""

_OTHERS = """
    business_connection business_message channel_post chat_boost chat_join_request
    chat_member deleted_business_messages edited_business_message edited_channel_post
    managed_bot message_reaction_count poll poll_answer pre_checkout_query
    purchased_paid_media removed_chat_boost shipping_query subscription update_id
"""

KNOWN: Final[Mapping[str, frozenset[str] | None]] = MappingProxyType(
    {
        **dict.fromkeys(_OTHERS.split()),
        **dict.fromkeys(("message", "edited_message", "guest_message"), _MESSAGE | OLD),
        "callback_query": _PRESS,
        "my_chat_member": _MEMBER,
        "message_reaction": _REACTION,
        "stopped_message_generation": _STOPPED,
        "inline_query": _INLINE,
        "chosen_inline_result": _CHOSEN,
    }
)
"""By kind of update; None: a kind that we never ask for, and do not look into."""
