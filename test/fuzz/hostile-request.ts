import * as fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { signatureOf, type AppName } from '../e2e/sample-stack.js';
import { hostileBytes, hostileJson, hostileText } from './hostile-values.js';
import type { RouteCase } from './route-cases.js';

/** A request as it goes over the wire. */
export interface WireRequest {
  readonly app: AppName;
  readonly method: string;
  /** Path and query, one byte per character. */
  readonly target: string;
  /** One byte per character. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly framing: 'length' | 'chunked' | 'none';
}

interface Draft {
  readonly params: Readonly<Record<string, string>>;
  readonly query: string;
  readonly headers: WireRequest['headers'];
  readonly body: Buffer;
  readonly framing: WireRequest['framing'];
}

type Change = (draft: Draft) => Draft;

const MALFORMED_QUERIES = [
  'a&'.repeat(5_000),
  'a[]=1&'.repeat(1_500),
  '%',
  '%E0%A4=%ED%A0%80',
  '__proto__=1',
  'constructor[prototype][x]=1',
  '=',
  '?',
  'a=%00',
  '[[]]=1',
];

const MALFORMED_SEGMENTS = ['%00', '%E0%A4', '%ED%A0%80', '%', '%zz', '%2e%2e', '\xff\xfe', ';'];

/** Requests of a route with one to three hostile changes. Signatures match the changed body. */
export function hostileRequest(route: RouteCase): fc.Arbitrary<WireRequest> {
  const draft: Draft = {
    params: Object.fromEntries(
      Object.entries(route.params ?? {}).map(([name, value]) => [name, encodeURIComponent(value)]),
    ),
    query: '',
    headers: [
      ...Object.entries(route.headers ?? {}),
      ...(route.body ? [['content-type', 'application/json'] as const] : []),
    ],
    body: route.body ? Buffer.from(JSON.stringify(route.body)) : Buffer.alloc(0),
    framing: route.body ? 'length' : 'none',
  };
  return fc.array(changeOf(route), { minLength: 1, maxLength: 3 }).map((changes) =>
    wire(
      route,
      changes.reduce((changed, change) => change(changed), draft),
    ),
  );
}

function changeOf(route: RouteCase): fc.Arbitrary<Change> {
  const { params = {}, query = [], body, headers = {} } = route;
  const known: fc.WeightedArbitrary<Change>[] = [
    { weight: 1, arbitrary: hostileQuery(['x', ...query]) },
    { weight: 1, arbitrary: hostileHeader(Object.keys(headers)) },
  ];
  if (query.length > 0) known.push({ weight: 3, arbitrary: hostileQuery(query) });
  if (Object.keys(params).length > 0) known.push({ weight: 6, arbitrary: hostileParam(params) });
  if (body) known.push({ weight: 12, arbitrary: hostileBody(body) });
  if (!route.route.startsWith('GET')) known.push({ weight: 2, arbitrary: hostileFraming });
  return fc.oneof(...known);
}

function hostileParam(params: Readonly<Record<string, string>>): fc.Arbitrary<Change> {
  return fc
    .constantFrom(...Object.keys(params))
    .chain((name) => {
      const segment = fc.oneof(
        { weight: 3, arbitrary: hostileText.map(encoded) },
        { weight: 1, arbitrary: insertedInto(params[name]!).map(encoded) },
        { weight: 1, arbitrary: fc.constantFrom(...MALFORMED_SEGMENTS) },
      );
      return segment.map((value) => [name, value] as const);
    })
    .map(([name, value]) => (draft) => ({ ...draft, params: { ...draft.params, [name]: value } }));
}

function hostileQuery(names: readonly string[]): fc.Arbitrary<Change> {
  const pair = fc.tuple(fc.constantFrom(...names), hostileText.map(encoded));
  return fc
    .oneof(
      { weight: 6, arbitrary: pair.map(([name, value]) => `${name}=${value}`) },
      { weight: 2, arbitrary: pair.map(([name, value]) => `${name}=${value}&${name}=2`) },
      { weight: 1, arbitrary: pair.map(([name, value]) => `${name}[a][b]=${value}`) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(...MALFORMED_QUERIES),
      },
    )
    .map((text) => (draft) => ({ ...draft, query: [draft.query, text].filter(Boolean).join('&') }));
}

function hostileBody(body: Readonly<Record<string, unknown>>): fc.Arbitrary<Change> {
  const json = JSON.stringify(body);
  const field = fc.tuple(fc.constantFrom(...fieldPaths(body)), hostileJson);
  const texts = fieldPaths(body).filter((path) => typeof valueAt(body, path) === 'string');
  const inside = fc
    .constantFrom(...(texts.length > 0 ? texts : fieldPaths(body)))
    .chain((path) =>
      insertedInto(String(valueAt(body, path))).map(
        (text) => [path, JSON.stringify(text)] as const,
      ),
    );
  const asText = fc.oneof(
    { weight: 8, arbitrary: field.map(([path, value]) => replaced(body, path, value)) },
    { weight: 8, arbitrary: inside.map(([path, value]) => replaced(body, path, value)) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(hostileText, hostileJson)
        .map(([name, value]) => `${json.slice(0, -1)},${JSON.stringify(name)}:${value}}`),
    },
    { weight: 4, arbitrary: hostileJson },
    { weight: 1, arbitrary: fc.nat(json.length).map((end) => json.slice(0, end)) },
    { weight: 1, arbitrary: fc.constantFrom(`\ufeff${json}`, `${json}${json}`, `[${json}]`) },
  );
  return fc
    .oneof(
      { weight: 6, arbitrary: asText.map((text) => Buffer.from(text)) },
      { weight: 1, arbitrary: hostileBytes },
    )
    .map((bytes) => (draft) => ({ ...draft, body: bytes, framing: 'length' }));
}

function hostileHeader(names: readonly string[]): fc.Arbitrary<Change> {
  // A new identity or credential would only be refused at the door.
  const own = names.filter((name) => name !== 'authorization');
  const read = ['x-correlation-id', 'x-request-id', 'traceparent', 'tracestate', 'x-user-id'];
  const name = fc.constantFrom(...own, ...read, 'accept', 'x-forwarded-for', 'user-agent');
  const value = hostileText.map((text) =>
    Buffer.from(text)
      .toString('latin1')
      .replaceAll(/[\0\r\n]/g, '')
      .slice(0, 10_000),
  );
  return fc.tuple(name, value, fc.boolean()).map(([header, text, twice]) => (draft) => ({
    ...draft,
    headers: [...draft.headers.filter(([known]) => twice || known !== header), [header, text]],
  }));
}

const CONTENT_TYPES = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  '',
  'application/json; charset=utf-16',
  'application/json; charset=bogus',
  'APPLICATION/JSON',
  'application/json;',
  'application/json, text/plain',
  'json',
  '/',
  'application/xml',
  'application/problem+json',
  'application/vnd.loyalnest.raw',
  'application/octet-stream',
];

const hostileFraming: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom(...CONTENT_TYPES).map(
    (type): Change =>
      (draft) =>
        withHeader(draft, 'content-type', type),
  ),
  fc.constantFrom<Change>(
    (draft) => ({ ...draft, headers: draft.headers.filter(([name]) => name !== 'content-type') }),
    (draft) => withHeader(draft, 'content-encoding', 'gzip'),
    (draft) => withHeader(draft, 'content-encoding', 'br, gzip, bogus'),
    (draft) => ({
      ...withHeader(draft, 'content-encoding', 'gzip'),
      body: gzipSync(Buffer.alloc(20_000_000, '[')),
      framing: 'length',
    }),
    (draft) => ({ ...draft, framing: 'chunked' }),
    (draft) => ({ ...draft, framing: 'chunked', body: Buffer.alloc(300_000, ' ') }),
    (draft) => ({ ...draft, framing: 'none', body: Buffer.alloc(0) }),
    (draft) => ({ ...draft, framing: 'length', body: Buffer.alloc(0) }),
    (draft) => ({ ...draft, framing: 'length', body: Buffer.from('{}') }),
  ),
);

function withHeader(draft: Draft, name: string, value: string): Draft {
  const others = draft.headers.filter(([known]) => known !== name);
  return { ...draft, headers: [...others, [name, value]] };
}

/** A valid value with hostile text inside, which passes the checks of its beginning or end. */
function insertedInto(value: string): fc.Arbitrary<string> {
  return fc
    .tuple(fc.nat(value.length), hostileText)
    .map(([at, text]) => value.slice(0, at) + text + value.slice(at));
}

function valueAt(object: Readonly<Record<string, unknown>>, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], object);
}

/** The paths of all fields, in depth: `filter` and `filter.merchant`. */
function fieldPaths(value: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === 'object' && inner !== null
      ? [name, ...fieldPaths(inner as Record<string, unknown>).map((path) => `${name}.${path}`)]
      : [name],
  );
}

/** The JSON of an object with the JSON text `value` in place of one field. */
function replaced(object: Readonly<Record<string, unknown>>, path: string, value: string): string {
  const [name, ...rest] = path.split('.');
  const fields = Object.entries(object).map(([key, old]) => {
    const inner = old as Record<string, unknown>;
    const text =
      key !== name
        ? JSON.stringify(old)
        : rest.length === 0
          ? value
          : replaced(inner, rest.join('.'), value);
    return `${JSON.stringify(key)}:${text}`;
  });
  return `{${fields.join(',')}}`;
}

function wire({ app, route, signed }: RouteCase, draft: Draft): WireRequest {
  const [method = '', template = ''] = route.split(' ');
  const path = template.replaceAll(/:(\w+)/g, (_all, name: string) => draft.params[name]!);
  const target = draft.query === '' ? path : `${path}?${draft.query}`;
  const signature = signed ? [['x-shopify-hmac-sha256', signatureOf(draft.body)] as const] : [];
  const { body, framing } = draft;
  return { app, method, target, headers: [...draft.headers, ...signature], body, framing };
}

/** Percent-encodes text as UTF-8; a lone surrogate becomes its three bytes, which are not UTF-8. */
function encoded(text: string): string {
  return [...text]
    .map((character) => {
      if (character.isWellFormed()) return encodeURIComponent(character);
      const code = character.charCodeAt(0);
      const bytes = [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
      return bytes.map((byte) => `%${byte.toString(16)}`).join('');
    })
    .join('')
    .slice(0, 12_000);
}
