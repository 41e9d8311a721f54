import { redactText } from './redact-text.js';

describe('a text', () => {
  it.each([
    ['postgres://shop:hunter2@db:5432/shop', 'hunter2'],
    ['redis://:hunter2@localhost', 'hunter2'],
    ['password=hunter2 is wrong', 'hunter2'],
    ['client_secret: "hunter 2"', 'hunter 2'],
    ["x-shopify-hmac-sha256: 'q83vEjRWeJA='", 'q83vEjRWeJA'],
    ['Cookie: session=hunter2', 'hunter2'],
    ['Authorization: Bearer hunter2hunter2', 'hunter2'],
    ['sent with bearer abc.def-123', 'abc.def-123'],
    ['token eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl', 'eyJhbGciOiJI'],
    ['ada.lovelace+shop@example.co.uk has no account', 'ada.lovelace'],
    ['GET /invites?to=ada%40example.com', 'ada'],
    ['no SMS to +49 176 1234567', '1234567'],
    ['no SMS to %2B491761234567', '1234567'],
    ['call (415) 555-2671 now', '555-2671'],
    ['call 415-555-2671 now', '555-2671'],
    ['card 4111 1111 1111 1111 refused', '1111'],
    ['card 4111\u00a01111\u00a01111\u00a01111 refused', '1111'],
    ['card 4111.1111.1111.1111 refused', '1111'],
    ['josé@example.com has no account', 'jos'],
    ['ada@müller.example has no account', 'ada'],
    ['cvv=123 is wrong', '123'],
    ['"iban": "DE89370400440532013000"', 'DE89'],
    ['card 378282246310005 refused', '378282246310005'],
  ])('loses its secret: %s', (text, secret) => {
    expect(redactText(text)).not.toContain(secret);
    expect(redactText(text)).toContain('[redacted]');
  });

  const S = 's3cr3t-s3cr3t';
  it.each([
    `Cookie: theme=dark; sid=${S}`,
    `Cookie: theme=dark; sid="${S}"; x=y`,
    `cookie: theme=dark;\r\n  sid=${S}`,
    `Set-Cookie: theme=dark; Path=/; sid=${S}`,
    `GET / HTTP/1.1\r\nHost: shop\r\nCookie: theme=dark; sid=${S}\r\nAccept: */*`,
    `"GET / HTTP/1.1\\r\\nCookie: theme=dark; sid=${S}\\r\\nHost: shop"`,
    `{"cookie":"theme=dark; sid=${S}","host":"shop"}`,
    `{ 'Cookie': 'theme=dark; sid=${S}', host: 'shop' }`,
    `{ Cookie: 'theme=dark; sid=${S}' }`,
    `{\\"cookie\\":\\"theme=dark; sid=${S}\\"}`,
    `{"set-cookie":["theme=dark","sid=${S}; HttpOnly"]}`,
    `'set-cookie': [\n    'theme=dark',\n    'sid=${S}'\n  ]`,
    `cookies: { theme: 'dark', sid: '${S}' }`,
    `rawHeaders: [ 'Host', 'shop', 'Cookie', 'theme=dark; sid=${S}' ]`,
    `["x-shopify-access-token","${S}"]`,
    `{"name":"Cookie","value":"theme=dark; sid=${S}"}`,
    `{ name: 'X-Api-Key', value: '${S}' }`,
    `curl -H "Cookie: theme=dark; sid=${S}" https://shop`,
    `curl -H 'Authorization: ApiKey ${S}' https://shop`,
    `curl -u ada:${S} https://shop`,
    `psql --password ${S}`,
    `tool --api-key=${S} --verbose`,
    `Authorization: ApiKey ${S}`,
    `Authorization: ${S}`,
    `Authorization: Digest username="ada", realm="a", response="${S}"`,
    `Authorization: Negotiate YIIJ${S.replaceAll('-', '+')}==`,
    `Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=${S}`,
    `Authorization: Token token="${S}", nonce="def"`,
    `authorization:\n  Bearer ${S}`,
    `Proxy-Authorization: Basic ${S}`,
    `X-Amz-Authorization: whatever ${S}`,
    `sent AWS4-HMAC-SHA256 Credential=a/b, Signature=${S}`,
    `sent Digest username="ada", response="${S}"`,
    `sent Negotiate YIIJabcdefgh${S}==`,
    `sent DPoP ${S}`,
    `X-Api-Key: ${S}`,
    `x-shopify-access-token: ${S}`,
    `X-Shopify-Hmac-Sha256: ${S}`,
    `X-Auth-Token=${S}`,
    `GET /files?sig=${S}&se=2027`,
    `GET /?access_token=${S}`,
    `GET /?q=Bearer%20${S}&authorization=Bearer%20${S}`,
    `body=password%3D${S}%26user%3Dada`,
    `next=%2F%3Ftoken%3D${S}`,
    `data=%7B%22password%22%3A%22${S}%22%7D`,
    `log=Cookie%3A%20theme%3Ddark%3B%20sid%3D${S}`,
    `STRIPE_SECRET_KEY=${S}`,
    `{"password":"with \\"quotes\\" ${S}"}`,
    `{"password":"cut ${S}`,
    `passwordHash: '${S}'`,
    `sk_live_${S}`,
    `shpat_${S}`,
    `-----BEGIN RSA PRIVATE KEY-----\nMII${S}\n-----END RSA PRIVATE KEY-----`,
    `postgres://user:p@${S}@host/db`,
    `postgres://user:p/${S}@host/db`,
    `redis://:a@one,redis://:${S}@two`,
    `https://${S}@github.com/shop`,
    `sent eyJhbGciOiJI.eyJ${S}.c2ln`,
    `<password>${S}</password>`,
    `<soap:ApiKey type="x">${S}</soap:ApiKey><to>1</to>`,
    `<password><![CDATA[<${S}]]></password>`,
    `&lt;password&gt;${S}&lt;/password&gt;`,
    `{:user=>"ada", :password=>"${S}"}`,
    `'password' => '${S}'`,
    `{'password': b'${S}'}`,
    `bearer=${S}`,
    `X-Auth-Key: ${S}`,
    `REDISCLI_AUTH=${S}`,
    `{ command: { name: 'auth', args: [ 'ada', '${S}' ] } }`,
    `{ command: { name: 'HELLO', args: [ '3', 'AUTH', 'ada]', '${S}' ] } }`,
    `{"command":{"name":"CONFIG","args":["SET","requirepass","${S}"]}}`,
    `{\\"args\\":[\\"${S}\\"],\\"name\\":\\"auth\\"}`,
    `{\n  args: [\n    'ada',\n    '${S}'\n  ],\n  name: 'auth'\n}`,
    `{ name: 'acl', args: [ 'SETUSER', 'bob', '>${S}`,
    `POST https://hooks.slack.com/services/T0/B0/${S}`,
    `POST https://discord.com/api/webhooks/123/${S}`,
    `POST https://api.telegram.org/bot123456:AAH${S}_abcdefghijklmnopqr/sendMessage`,
    `SG.${S}abcd.${S}abcd`,
    `xapp-1-A0-${S}`,
    `glpat-${S}`,
    `ya29.${S}`,
  ])('loses the secret of %s', (text) => {
    expect(redactText(text)).not.toContain(S);
    expect(redactText(text)).not.toContain('s3cr3t');
    expect(redactText(text)).toContain('[redacted]');
  });

  it('keeps the other headers and fields of a dump', () => {
    const dump = `GET / HTTP/1.1\r\nHost: shop\r\nCookie: a=b; c=d\r\nAccept: */*`;
    expect(redactText(dump)).toBe(
      'GET / HTTP/1.1\r\nHost: shop\r\nCookie: [redacted]\r\nAccept: */*',
    );
    expect(redactText(`{"cookie":"a=b; c=d","host":"shop"}`)).toBe(
      '{"cookie":[redacted],"host":"shop"}',
    );
    expect(redactText(`curl -H "Cookie: a=b; c=d" https://shop/x`)).toBe(
      'curl -H "Cookie: [redacted]" https://shop/x',
    );
  });

  it.each([
    'the basic plan of the customer, negotiate with accounts',
    'http://points:3001/v1/accounts?limit=10',
    'listening on http://127.0.0.1:3000/health',
    'digest of the day, token expired, session started',
    'side effects of the design, in the session of yesterday',
    'GET /v1/accounts/demo.myshopify.com/points 200',
    'order 820982911946154508 is paid',
    'trace 0af7651916cd43dd8448eb211c80319c',
    'job 1700000000000-0 completed in 4012 ms at 2026-11-21T08:38:09.561Z',
    'card 4111 1111 1111 1112 has no valid check digit',
    'the token expires soon',
    "{ name: 'get', args: [ 'points:7' ] }",
    '<token/> and <b>bold</b>',
    'npm_config_registry is not set, sk-8 is not a key',
    'at 2026-11-21T08:38:09 from 127.0.0.1:45678',
    'correlation 2f1c6f0e-6d41-4b7e-9f5d-0c1f8a7d9e3b',
  ])('stays unchanged: %s', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it('is searched in time proportional to its length', () => {
    const hostile = [
      'token'.repeat(20_000),
      'a.'.repeat(50_000) + '@',
      '+1 '.repeat(30_000),
      'cookie: '.repeat(12_000),
      "'cookie','".repeat(10_000),
      '"cookie":"\\"'.repeat(8_000),
      'set-cookie: [ "a", '.repeat(5_000),
      '://a:'.repeat(20_000),
      'digest a='.repeat(10_000),
      'password%3A%22'.repeat(7_000),
      '-----BEGIN PRIVATE KEY-----'.repeat(4_000),
      'a-'.repeat(50_000) + 'authorization',
      'cookie:;\n '.repeat(9_000),
      '<password '.repeat(10_000),
      '<password><![CDATA['.repeat(5_000),
      "name: 'auth', args: [ 'a', ".repeat(4_000),
      "args: [ 'a', ".repeat(8_000),
      '123456:'.repeat(15_000),
      'SG.aaaaaaaaaaaaaaaa'.repeat(5_000),
    ];
    const startedAt = performance.now();
    for (const text of hostile) redactText(text);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
