import { LuaScript } from '@loyalnest/core/toolkit';

/** KEYS: active, task, history. ARGV: id, now, tasks kept, then fields. Returns the active id or ''. */
export const START = new LuaScript<string>(`
local active = redis.call('GET', KEYS[1])
if active then return active end
redis.call('SET', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[2], unpack(ARGV, 3))
redis.call('ZADD', KEYS[3], ARGV[2], ARGV[1])
return ''
`);

/**
 * Claims a task with a lease, so that one process runs it. The lease uses the clock of Redis, and its
 * token only grows. KEYS: lease, fence, task. ARGV: time. Returns the token or ''.
 */
export const ACQUIRE = new LuaScript<string>(`
local state = redis.call('HGET', KEYS[3], 'state')
if state ~= 'canary' and state ~= 'running' and state ~= 'settling' then return '' end
if redis.call('EXISTS', KEYS[1]) == 1 then return '' end
local token = tostring(redis.call('INCR', KEYS[2]))
redis.call('SET', KEYS[1], token, 'PX', ARGV[1])
return token
`);

/** KEYS: lease. ARGV: token, time. */
export const RENEW = new LuaScript<number>(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`);

/** KEYS: lease. ARGV: token. */
export const RELEASE = new LuaScript<number>(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`);

/** Writes fields of a task for the holder of the lease. KEYS: lease, task. ARGV: token, then fields. */
export const WRITE = new LuaScript<number>(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[2], unpack(ARGV, 2))
return 1
`);

/**
 * Records outcomes, each once. KEYS: lease, task, pending. ARGV: token, failing, how many succeeded,
 * their ids, then the ids of those that failed again.
 */
export const SETTLE = new LuaScript<number>(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local succeeded = tonumber(ARGV[3])
for i = 4, #ARGV do
  if redis.call('ZREM', KEYS[3], ARGV[i]) == 1 then
    redis.call('HINCRBY', KEYS[2], i - 4 < succeeded and 'succeeded' or 'failedAgain', 1)
  end
end
redis.call('HSET', KEYS[2], 'failing', ARGV[2])
return 1
`);

/**
 * Changes the state of a task that has not ended. KEYS: task, lease, active, pending. ARGV: token or
 * '' for any process, id, state, '1' if the state is final, then fields.
 */
export const CHANGE = new LuaScript<number>(`
local state = redis.call('HGET', KEYS[1], 'state')
if state ~= 'canary' and state ~= 'running' and state ~= 'settling' then return 0 end
if ARGV[1] ~= '' and redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[3], unpack(ARGV, 5))
if ARGV[4] == '1' then
  if redis.call('GET', KEYS[3]) == ARGV[2] then redis.call('DEL', KEYS[3]) end
  redis.call('DEL', KEYS[4])
end
return 1
`);
