# What was used, what it cost, and when it was too much.

usage-shown = Today this chat has used { $chat_tokens } tokens ({ $chat_cost }), and you { $tokens } tokens ({ $cost }) in all chats. Since the beginning: this chat { $chat_total }, you { $total }.{ $cached ->
    [none] {""}
   *[other] {" "}Of what the model has read for this chat today, { $cached } % came from the provider's cache, which costs less.
}
usage-free = Today this chat has used { $chat_tokens } tokens, and you { $tokens } in all chats; so far none of it has cost anything.
problem-budget-person = Your budget of { $budget } for today is used up, so I have not asked the model; at midnight (UTC) it starts anew.
problem-budget-chat = This chat's budget of { $budget } for today is used up, so I have not asked the model; at midnight (UTC) it starts anew.
problem-budget-everybody = Today's budget of this bot is used up, so I have not asked the model; at midnight (UTC) it starts anew.
problem-prices = The prices cannot be used: { $what }
