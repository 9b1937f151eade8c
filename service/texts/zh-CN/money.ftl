# 用了多少、花了多少，以及什么时候用完。

usage-shown = 今天这个聊天用了 { $chat_tokens } 个 token（{ $chat_cost }），你在所有聊天里用了 { $tokens } 个（{ $cost }）。从一开始算起：这个聊天 { $chat_total }，你 { $total }。{ $cached ->
    [none] {""}
   *[other] 今天为这个聊天读取的内容有 { $cached } % 来自服务商的缓存，价格更低。
}
usage-free = 今天本聊天用了 { $chat_tokens } 个 token，你在所有聊天里用了 { $tokens } 个；到目前为止都没有花钱。
problem-budget-person = 你今天的预算 { $budget } 已用完，所以我没有去问模型；到零点（UTC）重新开始。
problem-budget-chat = 这个聊天今天的预算 { $budget } 已用完，所以我没有去问模型；到零点（UTC）重新开始。
problem-budget-everybody = 这个机器人今天的预算已用完，所以我没有去问模型；到零点（UTC）重新开始。
problem-prices = 价格表不能用：{ $what }
