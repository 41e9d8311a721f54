import { LuaScript } from '@loyalnest/core/toolkit';

/**
 * Reserves the next slots of one merchant by the generic cell rate algorithm (GCRA, ITU-T I.371
 * annex A, in the form of "virtual scheduling"): the key holds the theoretical arrival time (TAT) of
 * the next job. A job may start `burst - 1` intervals before it; each job moves it one interval on.
 * Time is Redis's own, so that the clocks of producers do not matter; the key is of no use once its
 * time is past and expires then.
 *
 * KEYS: the merchant's key, then the key of each job. ARGV: interval, burst, longest delay; in
 * milliseconds, the delay -1 for no bound. For each job the delay in milliseconds; -1 for a job that
 * exists, which takes no slot; or -2 minus the milliseconds after which it would be taken.
 */
export const reserveSlots = new LuaScript<readonly number[]>(`
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local interval, burst, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local stored = tonumber(redis.call('GET', KEYS[1]) or now)
local tat = math.max(stored, now)
local slots = {}
for i = 2, #KEYS do
  local delay = math.ceil(math.max(0, tat - interval * (burst - 1) - now))
  if redis.call('EXISTS', KEYS[i]) == 1 then
    slots[i - 1] = -1
  elseif longest >= 0 and delay > longest then
    slots[i - 1] = -2 - (delay - longest)
  else
    slots[i - 1] = delay
    tat = tat + interval
  end
end
if tat > now then
  redis.call('SET', KEYS[1], string.format('%.3f', tat), 'PX', math.ceil(tat - now))
end
return slots
`);

/** Gives slots back. KEYS: the merchant's key. ARGV: the milliseconds that they took. */
export const returnSlots = new LuaScript<number>(`
local tat = redis.call('GET', KEYS[1])
if not tat then return 0 end
local left = redis.call('PTTL', KEYS[1]) - tonumber(ARGV[1])
if left <= 0 then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], string.format('%.3f', tonumber(tat) - tonumber(ARGV[1])), 'PX', math.ceil(left))
return 1
`);
