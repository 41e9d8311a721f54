import { LuaScript } from '../redis/lua-script.js';

/** `aheadOf` and `delayOf` of gcra.ts. The scripts below need `now` in microseconds. */
const GCRA = `
local function ahead_of(tat, now) return math.max(0, (tat or now) - now) end
local function delay_of(ahead, interval, capacity) return math.max(0, ahead + interval - capacity) end
`;

/** `takeFromCells` of gcra.ts. */
export const TAKE_FROM_CELLS = `${GCRA}
local stored = redis.call('MGET', unpack(KEYS))
local answer = { 1 }
for i = 1, #KEYS do
  local interval, capacity = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local ahead = math.min(capacity, ahead_of(tonumber(stored[i] or nil), now))
  if delay_of(ahead, interval, capacity) > 0 then answer[1] = 0 end
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

/** A key of slots stores milliseconds with three decimals, so times are exact to the microsecond. */
const SLOTS = `${GCRA}
local function load_tat(key)
  local stored = tonumber(redis.call('GET', key) or nil)
  return stored and math.floor(stored * 1000 + 0.5)
end
local function store_tat(key, tat, now)
  if tat <= now then redis.call('DEL', key) return end
  redis.call('SET', key, string.format('%.3f', tat / 1000), 'PX', math.ceil((tat - now) / 1000))
end
`;

/** `reserveSlot` of gcra.ts, for several slots at once. */
export const RESERVE_SLOTS = `${SLOTS}
local interval, capacity, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local ahead = ahead_of(load_tat(KEYS[1]), now)
local before = ahead
local slots = {}
for i = 2, #KEYS do
  local delay = delay_of(ahead, interval, capacity)
  if redis.call('EXISTS', KEYS[i]) == 1 then
    slots[i - 1] = -1
  elseif longest >= 0 and delay > longest then
    slots[i - 1] = -2 - delay
  else
    slots[i - 1] = delay
    ahead = ahead + interval
  end
end
if ahead > before then store_tat(KEYS[1], now + ahead, now) end
return slots
`;

/** `returnSlots` of gcra.ts. */
export const RETURN_SLOTS = `${SLOTS}
local tat = load_tat(KEYS[1])
if tat then store_tat(KEYS[1], tat - tonumber(ARGV[1]) * tonumber(ARGV[2]), now) end
return 0
`;

/** Uses the clock of Redis, so the clocks of the processes need not agree. */
const CLOCK = `local time = redis.call('TIME')\nlocal now = time[1] * 1000000 + time[2]\n`;

/**
 * `takeFromCells` in Redis. KEYS: the cells. ARGV: interval and capacity of each cell. Returns 1 or 0
 * for `allowed`, then how far each cell is ahead. Times are in microseconds.
 */
export const takeFromCellsScript = new LuaScript<readonly number[]>(CLOCK + TAKE_FROM_CELLS);

/**
 * `reserveSlot` in Redis, for several slots at once. KEYS: the key of the slots, then one key for each
 * requested slot; if that key exists, no slot is reserved for it. ARGV: interval, capacity and the max
 * delay, or -1 for no max. Returns for each requested slot its delay; -1 if its key exists; or -2 minus
 * the delay if that exceeds the max, so that nothing was reserved. Times are in microseconds.
 */
export const reserveSlotsScript = new LuaScript<readonly number[]>(CLOCK + RESERVE_SLOTS);

/** `returnSlots` in Redis. KEYS: the key of the slots. ARGV: interval in microseconds, number of slots. */
export const returnSlotsScript = new LuaScript<number>(CLOCK + RETURN_SLOTS);
