import { limitKey } from './limit-key.js';

it.each(['203.0.113.9', '2001:db8::/64', 'demo.myshopify.com', 'gid://shopify/Shop/1'])(
  'contains the client %s',
  (client) => {
    expect(limitKey('ip', client)).toBe(`ip:${client}`);
  },
);

it('has a bounded size, and is different for each client', () => {
  const clients = [
    'a'.repeat(65),
    'a'.repeat(66),
    'a'.repeat(100_000),
    'a b',
    '{x}',
    '\n',
    'ü',
    '#',
  ];
  const keys = clients.map((client) => limitKey('merchant', client));
  expect(new Set(keys).size).toBe(clients.length);
  for (const key of keys) expect(key).toMatch(/^merchant:#[\w-]{43}$/);
});
