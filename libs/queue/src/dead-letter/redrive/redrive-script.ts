import { LuaScript } from '@loyalnest/core/toolkit';
import { INDEX_FUNCTIONS } from '../index/index-scripts.js';
import { HISTORY_FIELD, TASK_FIELD } from '../record/job-record.js';

/** Results of `PREPARE_REDRIVE` for an item. */
export const PREPARED = {
  ready: 1,
  /** It is no dead letter any more. */
  gone: 0,
  /** Another redrive holds it, or it died again. */
  busy: -1,
  /** It changed after it was read: read it again. */
  changed: -2,
  /** This task redrove it before, in an earlier death. */
  had: -3,
  /** The task has ended, or another process runs it. */
  fenced: -4,
} as const;

/**
 * Prepares a page of dead letters for BullMQ's own retry. It locks each one, resets its count of stalls,
 * writes its history, and removes it from the index. BullMQ would keep the count of stalls, and the job
 * would be poison again.
 *
 * KEYS after those of the index: 6 task, 7 lease, 8 pending (unused keys without a task). ARGV: holder
 * of the locks, their time, token of the lease or '', id of the task; then for each item id, score,
 * entry, old history, new history, places of job, lock, reason, group.
 */
export const PREPARE_REDRIVE = new LuaScript<readonly number[]>(`${INDEX_FUNCTIONS}
local holder, lockMs, token, task = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local taskEnded = false
if token ~= '' then
  local state = redis.call('HGET', KEYS[6], 'state')
  taskEnded = redis.call('GET', KEYS[7]) ~= token or (state ~= 'canary' and state ~= 'running')
end
local function prepare(id, score, entry, old, history, job, lock, reasonKey, groupKey)
  if taskEnded then return ${PREPARED.fenced} end
  local current = redis.call('ZSCORE', KEYS[1], id)
  if not current then return ${PREPARED.gone} end
  local resumed = false
  if token ~= '' then
    local mark = redis.call('HGET', job, '${TASK_FIELD}') or ''
    resumed = mark == task .. '|' .. current
    if not resumed and string.sub(mark, 1, #task + 1) == task .. '|' then return ${PREPARED.had} end
  end
  if current ~= score or redis.call('EXISTS', lock) == 1 then return ${PREPARED.busy} end
  if entryOf(id) ~= entry then return ${PREPARED.changed} end
  if (redis.call('HGET', job, '${HISTORY_FIELD}') or '') ~= old then return ${PREPARED.changed} end
  unindex(id, reasonKey, groupKey)
  redis.call('HDEL', job, 'stc')
  redis.call('SET', lock, holder, 'PX', lockMs)
  if resumed then return ${PREPARED.ready} end
  redis.call('HSET', job, '${HISTORY_FIELD}', history)
  if token ~= '' then
    redis.call('HSET', job, '${TASK_FIELD}', task .. '|' .. score)
    redis.call('ZADD', KEYS[8], score, id)
    redis.call('HINCRBY', KEYS[6], 'redriven', 1)
  end
  return ${PREPARED.ready}
end
local results = {}
for i = 5, #ARGV, 9 do
  local function key(n) return KEYS[tonumber(ARGV[i + n])] end
  results[#results + 1] = prepare(ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4],
    key(5), key(6), key(7), key(8))
end
return results
`);

/** Releases the locks that the holder still has. */
export const UNLOCK = new LuaScript<number>(`
for i = 1, #KEYS do
  if redis.call('GET', KEYS[i]) == ARGV[1] then redis.call('DEL', KEYS[i]) end
end
return 1
`);
