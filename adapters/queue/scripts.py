"""What is done with a stream at once, in the server. KEYS: the stream; ARGV: its group, then what each says."""

from __future__ import annotations

from typing import Final

DECLARE: Final = """
local made = redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[1], ARGV[2], 'MKSTREAM')
if type(made) == 'table' and made.err and not string.find(made.err, 'BUSYGROUP') then return made end
return 1
"""
"""Make the group unless it is there. ARGV: the id of the entry after which it begins."""

DONE: Final = """
redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
return redis.call('XDEL', KEYS[1], ARGV[2])
"""
"""Delete an entry. ARGV: its id."""

_BACK: Final = """
local function back(consumer)
  local handed = 0
  while true do
    local taken = redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 100, consumer)
    if #taken == 0 then break end
    for _, each in ipairs(taken) do
      local entry = redis.call('XRANGE', KEYS[1], each[1], each[1])[1]
      if entry then
        redis.call('XADD', KEYS[1], '*', unpack(entry[2]))
        handed = handed + 1
      end
      redis.call('XACK', KEYS[1], ARGV[1], each[1])
      redis.call('XDEL', KEYS[1], each[1])
    end
  end
  redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], consumer)
  return handed
end
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
"""
HAND_BACK: Final = f"{_BACK} return back(ARGV[2])"
"""Put what a consumer has taken at the end of the stream, and remove the consumer. ARGV: its name."""

TIDY: Final = f"""{_BACK}
local handed = 0
for _, about in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local told = {{}}
  for at = 1, #about, 2 do told[about[at]] = about[at + 1] end
  if told.idle >= tonumber(ARGV[2]) then handed = handed + back(told.name) end
end
return handed
"""
"""Likewise with each consumer that has been idle for so long. ARGV: milliseconds."""

WAITING: Final = """
local waiting = redis.call('XLEN', KEYS[1])
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
for _, about in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local told = {}
  for at = 1, #about, 2 do told[about[at]] = about[at + 1] end
  if told.name == ARGV[1] then waiting = waiting - told.pending end
end
return math.max(waiting, 0)
"""
"""How many entries nobody has taken."""
