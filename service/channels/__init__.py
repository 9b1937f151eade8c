"""Where chats come from; each channel turns its words into ours, and knows no other part."""
