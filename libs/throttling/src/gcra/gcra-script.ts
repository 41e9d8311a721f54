import { LuaScript } from '@loyalnest/core/toolkit';

/**
 * `take` of gcra.ts as a script, of which Redis runs no two at once. `now` is in microseconds.
 *
 * KEYS: the cells. ARGV: interval and capacity of each. Answers 1 or 0, then by how much each cell is
 * taken in advance.
 */
export const GCRA = `
local stored = redis.call('MGET', unpack(KEYS))
local answer = { 1 }
for i = 1, #KEYS do
  local interval, capacity = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local ahead = math.max(0, math.min(capacity, (tonumber(stored[i] or now) or now) - now))
  if ahead + interval > capacity then answer[1] = 0 end
  answer[i + 1] = ahead
end
if answer[1] == 1 then
  for i = 1, #KEYS do
    local ahead = answer[i + 1] + tonumber(ARGV[2 * i - 1])
    redis.call('SET', KEYS[i], string.format('%.0f', now + ahead), 'PX', math.ceil(ahead / 1000))
    answer[i + 1] = ahead
  end
end
return answer
`;

/** By Redis's own time, so that the clocks of the processes do not matter. */
export const gcraScript = new LuaScript<readonly number[]>(
  `local time = redis.call('TIME')\nlocal now = time[1] * 1000000 + time[2]\n${GCRA}`,
);
