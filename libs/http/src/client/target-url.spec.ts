import { DotSegmentError } from './dot-segment.error.js';
import { targetUrl } from './target-url.js';

const account = (id: string): string => `http://points:3001/v1/accounts/${id}`;

it.each(['.', '..', '%2e%2e', '%2E.', '.%2e', '..\\', '../x', '..?page=1', '..#x', '.\t.', '.. '])(
  'refuses a text whose path has the dot segment %j',
  (id) => expect(() => targetUrl(account(id))).toThrow(DotSegmentError),
);

it.each(['...', '..a', 'a..', '.well-known', 'a.b', '1?next=/../x', '1#/../x', '%252e%252e', ''])(
  'leaves the path with %j alone',
  (id) => expect(targetUrl(account(id)).href).toBe(account(id)),
);

it('takes a URL as it is meant', () => {
  const url = new URL('../health', account('1'));
  expect(targetUrl(url).pathname).toBe('/v1/health');
});
