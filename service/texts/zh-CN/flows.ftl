# 引导流程：提示、气泡与按键；问题本身写在流程文件里。

flow-head = **{ $title }** · { $at } / { $of }  { $bar }
flow-menu = 我们一起做点什么？
flow-menu-line = **{ $title }**：{ $about }
flow-menu-empty = 这里暂时没有可选的内容。
flow-when = { $every ->
    [day] 每天
    [weekdays] 周一到周五
    [mon] 每周一
    [tue] 每周二
    [wed] 每周三
    [thu] 每周四
    [fri] 每周五
    [sat] 每周六
   *[sun] 每周日
} { $at }
flow-plan = 🔔 { flow-when } 来一次
flow-unplan = 🔕 { flow-when } 不再{ $title }
flow-planned = **{ $title }** 以后会在{ flow-when } 自动开始。/flows 里的按键可以取消。
flow-unplanned = **{ $title }** 不再自动开始。
flow-plan-due = 到时间了，现在开始吗？
flow-offer = 如果愿意，有一个向导可以帮忙：
flow-finished = **{ $title }**：完成。
flow-cancelled = **{ $title }** 已取消。
flow-left = **{ $title }** 已搁下，换成别的了。
flow-expired = **{ $title }** 等得太久，我先收起来了。
flow-changed = 您开始之后这个向导有了改动，之前的回答已不适用。要重新开始吗？
flow-gone = 这个向导已经不在了；发送 /flows 查看现有的。
flow-none = 现在没有可取消的；发送 /flows 看看我们能一起做什么。
flow-broken = 您的回答已经齐了，但我没能把它们整理好；机器人的主人可以查看原因。
flow-over = 这个已经结束；发送 /flows 重新开始。
flow-not-yours = 只有发起的人才能回答。
flow-other = 那是之前的向导；这里是您现在的位置。
flow-carried = 这个向导刚刚更新过；这是您的问题。
flow-old = 那个问题已经回答过了；这是当前的问题。
flow-toast-least = 请至少选择 { $count } 项。
flow-toast-most = 最多可选 { $count } 项。
flow-toast-files = 请先发送至少 { $count } 个。
flow-asking = _请随便问；回答之后会回到这个问题。_
flow-media-count = { $kind ->
    [picture] _已收到 { $count } 张照片。_
    [voice] _已收到 { $count } 条语音。_
   *[file] _已收到 { $count } 个文件。_
}
flow-line-day = { $question } → **{ $year }年{ flow-month }{ $date }日（周{ flow-weekday }）**
flow-line = { $question } → **{ $answer }**
flow-line-skipped = { $question } → –
flow-line-media = { $kind ->
    [picture] { $question } → **{ $count } 张照片**
    [voice] { $question } → **{ $count } 条语音**
   *[file] { $question } → **{ $count } 个文件**
}
flow-note-short = ⚠ 请至少写 { $least } 个字。
flow-note-long = ⚠ 最多写 { $most } 个字。
flow-note-email = ⚠ 这不像电子邮箱地址；应当类似 ann@example.org。
flow-note-url = ⚠ 这不像链接；应当以 https:// 开头。
flow-note-date = ⚠ 请写日期，例如 2026-12-24。
flow-note-pattern = ⚠ 格式不符合这里的要求。
flow-note-number = ⚠ 请填写 { $least } 到 { $most } 之间的数字。
flow-note-range = ⚠ 请选择 { $least } 到 { $most } 之间的日期。
flow-note-time = ⚠ 请写时间，例如 18:30。
flow-note-reminder = ⏰ 我还在，我们继续吗？
flow-send-location = 请用下面的按键发送位置，也可以用回形针。
flow-send-contact = 请用下面的按键发送联系人，也可以直接写电话号码。
flow-sent = 谢谢，收到了。
flow-not-sent = 好的，不需要了。
flow-back = ‹ 上一步
flow-cancel = ✕ 取消
flow-skip = 跳过 ›
flow-help = 帮助
flow-ask = 提问
flow-done = 完成
flow-clear = 清除
flow-confirm = 是的，没错
flow-another = 再来一个
flow-enough = 就这些
flow-next = 下一步 ›
flow-restart = 重新开始
flow-again = 重新开始
flow-hours = ‹ 小时
flow-weekday = { $day ->
    [d0] 一
    [d1] 二
    [d2] 三
    [d3] 四
    [d4] 五
    [d5] 六
   *[d6] 日
}
flow-month = { $month ->
    [m1] 1月
    [m2] 2月
    [m3] 3月
    [m4] 4月
    [m5] 5月
    [m6] 6月
    [m7] 7月
    [m8] 8月
    [m9] 9月
    [m10] 10月
    [m11] 11月
   *[m12] 12月
}
flow-month-year = { $month ->
    [m1] { $year }年1月
    [m2] { $year }年2月
    [m3] { $year }年3月
    [m4] { $year }年4月
    [m5] { $year }年5月
    [m6] { $year }年6月
    [m7] { $year }年7月
    [m8] { $year }年8月
    [m9] { $year }年9月
    [m10] { $year }年10月
    [m11] { $year }年11月
   *[m12] { $year }年12月
}
flows-reloaded = { $count ->
    [0] 所有向导都没有变化。
   *[other] { $count } 个向导已更新并生效。
}
flows-refused = 有错误，向导保持原样：{ $mistakes }
