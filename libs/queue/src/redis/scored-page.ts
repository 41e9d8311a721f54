import { LuaScript } from '@loyalnest/core/toolkit';
import type { Cluster, Redis } from 'ioredis';

/** A member of a sorted set with its score. The next page starts after it. */
export interface Scored {
  readonly id: string;
  readonly score: string;
}

/** Order of a page by score. */
export type PageOrder = 'oldest-first' | 'newest-first';

/**
 * Reads the page after a member. If the member no longer exists, the page starts where it was. The
 * script compares members of equal score byte by byte, as Redis does, because Lua's own comparison
 * depends on the server's locale.
 */
const PAGE = new LuaScript<string[]>(`
local key, reverse, score, id, size = KEYS[1], ARGV[1] == '1', ARGV[2], ARGV[3], tonumber(ARGV[4])
if id ~= '' and redis.call('ZSCORE', key, id) == score then
  local rank = redis.call(reverse and 'ZREVRANK' or 'ZRANK', key, id)
  return redis.call(reverse and 'ZREVRANGE' or 'ZRANGE', key, rank + 1, rank + size, 'WITHSCORES')
end
local function before(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x < y end
  end
  return #a < #b
end
local function behind(member, at)
  if id == '' or at ~= score then return true end
  if reverse then return before(member, id) end
  return before(id, member)
end
local page, offset = {}, 0
while #page < 2 * size do
  local rows = reverse
    and redis.call('ZREVRANGEBYSCORE', key, score, '-inf', 'WITHSCORES', 'LIMIT', offset, size)
    or redis.call('ZRANGEBYSCORE', key, score, '+inf', 'WITHSCORES', 'LIMIT', offset, size)
  for i = 1, #rows, 2 do
    if #page < 2 * size and behind(rows[i], rows[i + 1]) then
      page[#page + 1] = rows[i]
      page[#page + 1] = rows[i + 1]
    end
  end
  if #rows < 2 * size then break end
  offset = offset + size
end
return page
`);

/**
 * Reads one page.
 *
 * @param after the page starts after this member; with an empty id, at its score (inclusive)
 */
export async function readPage(
  redis: Redis | Cluster,
  key: string,
  order: PageOrder,
  after: Scored | undefined,
  size: number,
): Promise<Scored[]> {
  const newest = order === 'newest-first';
  const { score, id } = after ?? { score: newest ? '+inf' : '-inf', id: '' };
  const rows = await PAGE.run(redis, [key], [newest ? 1 : 0, score, id, size]);
  const page: Scored[] = [];
  for (let i = 0; i < rows.length; i += 2) page.push({ id: rows[i]!, score: rows[i + 1]! });
  return page;
}

/** Reads the whole set page by page. */
export async function* readPages(
  redis: Redis | Cluster,
  key: string,
  order: PageOrder,
  size: number,
  from?: Scored,
): AsyncGenerator<Scored[]> {
  let after = from;
  for (;;) {
    const page = await readPage(redis, key, order, after, size);
    if (page.length > 0) yield page;
    if (page.length < size) return;
    after = page.at(-1);
  }
}
