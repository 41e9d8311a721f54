import { SHOP, signatureOf } from '../e2e/sample-stack.js';
import type { WireRequest } from './hostile-request.js';

/** An input that once failed, or belongs to the same kind, with the status of its answer. */
export type KnownInput = readonly [what: string, request: WireRequest, status: number];

const MERCHANT = ['x-merchant-id', SHOP] as const;
const JSON_TYPE = ['content-type', 'application/json'] as const;

const get = (target: string): WireRequest => ({
  app: 'api-gateway',
  method: 'GET',
  target,
  headers: [MERCHANT],
  body: Buffer.alloc(0),
  framing: 'none',
});

const refer = (body: string): WireRequest => ({
  app: 'api-gateway',
  method: 'POST',
  target: '/v1/referrals',
  headers: [MERCHANT, JSON_TYPE],
  body: Buffer.from(body),
  framing: 'length',
});

const webhook = (
  body: Buffer,
  headers: WireRequest['headers'],
  signature = signatureOf(body),
): WireRequest => ({
  app: 'api-gateway',
  method: 'POST',
  target: '/v1/webhooks/shopify',
  headers: [['x-shopify-hmac-sha256', signature], ...headers],
  body,
  framing: 'length',
});

const email = (address: string): string =>
  `{"advocateId":"1","friendPhone":"+4915112345678","friendEmail":"${address}"}`;

const unknownFields = (count: number): string =>
  JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_unused, i) => [`k${i}`, 1])));
const nested = (depth: number): string => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);

export const KNOWN_INPUTS: readonly KnownInput[] = [
  ['U+0000 in a customer id', get('/v1/points/accounts/%00'), 400],
  ['U+0000 inside a referral id', get('/v1/referrals/a%00b'), 400],
  ['a malformed percent encoding', get('/v1/points/accounts/%E0%A4'), 400],
  ['a lone surrogate in a path', get('/v1/points/accounts/%ED%A0%80'), 400],
  ['an id of 1,000 characters', get(`/v1/points/accounts/${'x'.repeat(1_000)}`), 400],
  ['U+0000 in a query', get('/v1/points/accounts/1?x=%00'), 400],
  ['a lone surrogate in an e-mail address', refer(email('a@\\ud800.example')), 400],
  ['U+0000 in an e-mail address', refer(email('a\\u0000@example.com')), 400],
  ['JSON nested 2,375 deep', refer(nested(2_375)), 400],
  ['JSON nested 65 deep', refer(nested(65)), 400],
  ['100,000 unknown fields', refer(unknownFields(100_000)), 413],
  ['5,000 unknown fields', refer(unknownFields(5_000)), 413],
  ['a field named constructor', refer('{"advocateId":{"constructor":1,"toString":null}}'), 400],
  ['an empty body', refer(''), 400],
  [
    'an unsigned text/plain webhook',
    webhook(Buffer.from('hello'), [['content-type', 'text/plain']], ''),
    401,
  ],
  [
    'a wrongly signed webhook',
    webhook(Buffer.from('{}'), [['content-type', 'text/plain']], signatureOf('x')),
    401,
  ],
  ['a signed webhook without a content type', webhook(Buffer.from('{'), []), 200],
  ['a signed webhook of invalid UTF-8', webhook(Buffer.from([0xff, 0xfe]), [JSON_TYPE]), 200],
  [
    'a signed webhook with U+0000',
    webhook(Buffer.from('{"id":"\\u0000"}'), [JSON_TYPE, ['x-shopify-topic', 'orders/paid']]),
    200,
  ],
  ['a signed webhook nested deep', webhook(Buffer.from(nested(50_000)), [JSON_TYPE]), 200],
  [
    'a signed webhook with a header of 10 kB',
    webhook(Buffer.from('{}'), [JSON_TYPE, ['x-shopify-webhook-id', 'w'.repeat(10_000)]]),
    200,
  ],
  [
    'a signed webhook with a time that Postgres cannot store',
    webhook(Buffer.from('{}'), [JSON_TYPE, ['x-shopify-triggered-at', '+275760-09-12T00:00:00Z']]),
    200,
  ],
];
