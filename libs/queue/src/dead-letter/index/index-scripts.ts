import { LuaScript } from '@loyalnest/core/toolkit';
import { OTHER_CAUSES } from '../record/cause-fingerprint.js';
import { ANNOUNCED_FIELD } from '../record/job-record.js';

/**
 * Functions of all scripts that change the index. KEYS: 1 failed set, 2 index, 3 entries, 4 groups,
 * 5 counts. An entry is `score|reason|group|again|...`. The caller reads the entry and passes the keys
 * that it names, so each script first checks that the entry has not changed since.
 */
export const INDEX_FUNCTIONS = `
local function count(field, by)
  if redis.call('HINCRBY', KEYS[5], field, by) <= 0 then redis.call('HDEL', KEYS[5], field) end
end
local function parts(entry)
  return string.match(entry, '^[^|]*|([^|]*)|([^|]*)|([^|]*)|')
end
local function entryOf(id)
  return redis.call('HGET', KEYS[3], id) or ''
end
local function unindex(id, reasonKey, groupKey)
  local entry = entryOf(id)
  redis.call('ZREM', KEYS[2], id)
  if entry == '' then return end
  redis.call('HDEL', KEYS[3], id)
  local reason, group, again = parts(entry)
  redis.call('ZREM', reasonKey, id)
  redis.call('ZREM', groupKey, id)
  count(group .. '|' .. reason, -1)
  if again == '1' then count(group .. '|again', -1) end
  if redis.call('EXISTS', groupKey) == 0 then redis.call('HDEL', KEYS[4], group) end
end
`;

/** Results of `INDEX` for an item. */
export const INDEXED = { newly: 1, again: 2, known: 0, stale: -1, noRoom: -2 } as const;

/**
 * Indexes a page of dead letters. ARGV: max number of groups, then for each item id, score, entry, old
 * entry, description of its group, and the places in KEYS of: job, lock, reason, group, old reason, old
 * group. It skips an item that has left the failed set, died again, is being redriven, or was indexed
 * by another process since.
 */
export const INDEX = new LuaScript<readonly number[]>(`${INDEX_FUNCTIONS}
local maxGroups = tonumber(ARGV[1])
local function add(id, score, entry, old, description, job, lock, reasonKey, groupKey, oldReason, oldGroup)
  if redis.call('ZSCORE', KEYS[1], id) ~= score then return ${INDEXED.stale} end
  if redis.call('EXISTS', lock) == 1 then return ${INDEXED.stale} end
  local current = entryOf(id)
  if current == entry and redis.call('ZSCORE', KEYS[2], id) == score then return ${INDEXED.known} end
  if current ~= old then return ${INDEXED.stale} end
  local reason, group, again = parts(entry)
  if group ~= '${OTHER_CAUSES}' and redis.call('HEXISTS', KEYS[4], group) == 0
    and redis.call('HLEN', KEYS[4]) >= maxGroups then return ${INDEXED.noRoom} end
  if current ~= '' then unindex(id, oldReason, oldGroup) end
  redis.call('ZADD', KEYS[2], score, id)
  redis.call('HSET', KEYS[3], id, entry)
  redis.call('ZADD', reasonKey, score, id)
  redis.call('ZADD', groupKey, score, id)
  redis.call('HSETNX', KEYS[4], group, description)
  count(group .. '|' .. reason, 1)
  if again == '1' then count(group .. '|again', 1) end
  if redis.call('HGET', job, '${ANNOUNCED_FIELD}') == score then return ${INDEXED.again} end
  redis.call('HSET', job, '${ANNOUNCED_FIELD}', score)
  return ${INDEXED.newly}
end
local results = {}
for i = 2, #ARGV, 11 do
  local function key(n) return KEYS[tonumber(ARGV[i + n])] end
  results[#results + 1] = add(ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4],
    key(5), key(6), key(7), key(8), key(9), key(10))
end
return results
`);

/** Results of `UNINDEX` for an item. */
export const UNINDEXED = { kept: 0, moved: 1, missing: 2 } as const;

/**
 * Removes entries of jobs that are no longer in the failed set. ARGV for each item: id, entry, places
 * in KEYS of: job, reason, group.
 */
export const UNINDEX = new LuaScript<readonly number[]>(`${INDEX_FUNCTIONS}
local results = {}
for i = 1, #ARGV, 5 do
  local id = ARGV[i]
  local result = ${UNINDEXED.kept}
  if not redis.call('ZSCORE', KEYS[1], id) and entryOf(id) == ARGV[i + 1] then
    unindex(id, KEYS[tonumber(ARGV[i + 3])], KEYS[tonumber(ARGV[i + 4])])
    result = redis.call('EXISTS', KEYS[tonumber(ARGV[i + 2])]) == 1
      and ${UNINDEXED.moved} or ${UNINDEXED.missing}
  end
  results[#results + 1] = result
end
return results
`);
