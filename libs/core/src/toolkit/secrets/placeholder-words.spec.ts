import { randomBytes } from 'node:crypto';
import { secretWeakness } from './secret-weakness.js';

it.each([
  'changemechangeme12',
  'your-secret-here-please',
  'replace-with-a-real-secret',
  'PasswordPassword1234',
  'dev_only_webhook_secret1',
  'MY SHOPIFY WEBHOOK SECRET',
  'super.secret.admin.token.2026',
  '0123456789abcdef0123456789',
  'qwertyuiopasdfghjkl',
  'test-test-test-abcd-test',
])('refuses %s, although it is long enough', (secret) =>
  expect(secretWeakness(secret)).toMatch(/^is made of placeholder words/),
);

it.each(['a1b2c3d4a1b2c3d4', '5f3a9c5f3a9c5f3a9c5f3a9c'])('refuses the repetition %s', (secret) =>
  expect(secretWeakness(secret)).toMatch(/^repeats itself/),
);

it.each(['hex', 'base64', 'base64url'] as const)('accepts every random text in %s', (encoding) => {
  for (let round = 0; round < 2_000; round++) {
    const secret = randomBytes(16).toString(encoding);
    expect([secret, secretWeakness(secret)]).toEqual([secret, undefined]);
  }
});

it.each(['correct horse battery staple', 'shpss_c0a4f19d3b7e2865', 'admin-6f1d9c04b7e3a258'])(
  'accepts %s',
  (secret) => expect(secretWeakness(secret)).toBeUndefined(),
);
