import { LuaScript } from '@loyalnest/core/toolkit';
import { INDEX_FUNCTIONS } from '../index/index-scripts.js';
import { DISCARD_FIELD, HISTORY_FIELD } from '../record/job-record.js';

/** Results of `DISCARD` and `RESTORE`. */
export const MOVED = { done: 1, gone: 0, busy: -1, changed: -2 } as const;

/**
 * Moves a job from the failed set to the discarded set. KEYS after those of the index: 6 discarded,
 * 7 job, 8 lock, 9 reason, 10 group. ARGV: id, score, entry, old history, new history, now, record.
 */
export const DISCARD = new LuaScript<number>(`${INDEX_FUNCTIONS}
local id = ARGV[1]
local score = redis.call('ZSCORE', KEYS[1], id)
if not score then return ${MOVED.gone} end
if redis.call('EXISTS', KEYS[8]) == 1 then return ${MOVED.busy} end
if score ~= ARGV[2] or entryOf(id) ~= ARGV[3] then return ${MOVED.changed} end
if (redis.call('HGET', KEYS[7], '${HISTORY_FIELD}') or '') ~= ARGV[4] then return ${MOVED.changed} end
unindex(id, KEYS[9], KEYS[10])
redis.call('ZREM', KEYS[1], id)
redis.call('ZADD', KEYS[6], ARGV[6], id)
redis.call('HSET', KEYS[7], '${HISTORY_FIELD}', ARGV[5], '${DISCARD_FIELD}', ARGV[7])
return ${MOVED.done}
`);

/**
 * Moves it back to its old place. KEYS: 1 failed, 2 discarded, 3 job. ARGV: id, score, record, old
 * history, new history.
 */
export const RESTORE = new LuaScript<number>(`
local id = ARGV[1]
if not redis.call('ZSCORE', KEYS[2], id) then return ${MOVED.gone} end
if redis.call('HGET', KEYS[3], '${DISCARD_FIELD}') ~= ARGV[3] then return ${MOVED.changed} end
if (redis.call('HGET', KEYS[3], '${HISTORY_FIELD}') or '') ~= ARGV[4] then return ${MOVED.changed} end
redis.call('ZREM', KEYS[2], id)
redis.call('ZADD', KEYS[1], ARGV[2], id)
redis.call('HDEL', KEYS[3], '${DISCARD_FIELD}')
redis.call('HSET', KEYS[3], '${HISTORY_FIELD}', ARGV[5])
return ${MOVED.done}
`);
