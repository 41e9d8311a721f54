import { CorrelationModule } from '@loyalnest/correlation';
import { HttpClient, HttpClientModule, ProblemDetailsModule } from '@loyalnest/http';
import { LoggingModule, PinoLogger } from '@loyalnest/observability';
import { TracingModule } from '@loyalnest/observability/tracing';
import {
  Downstream,
  eventually,
  forEachPlatform,
  type ReceivedRequest,
  type RunningApp,
} from '@loyalnest/testing';
import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { rawRequest, type RawResponse } from './raw-request.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const ID_HEADERS = ['x-correlation-id', 'x-request-id', 'x-merchant-id', 'x-user-id'];
/** Part of every hostile value; must not appear in any output. */
const MARK = 'evil';

// nestjs-pino keeps one root logger per process, from the first application.
const lines: string[] = [];
const destination = { write: (text: string) => void lines.push(text) };

let partner: Downstream;
beforeAll(async () => {
  partner = await Downstream.start();
});
afterAll(() => partner?.stop());

@Controller()
class Shop {
  constructor(
    private readonly http: HttpClient,
    private readonly logger: PinoLogger,
  ) {}

  @Get('forward')
  async forward(): Promise<string> {
    this.logger.info('forwards');
    await this.http.request({ url: `${partner.url}/partner` });
    return 'forwarded';
  }

  @Get('broken')
  broken(): never {
    this.logger.info('breaks');
    throw new Error('broken');
  }

  @Post('orders')
  order(@Body() body: unknown): unknown {
    return body;
  }
}

forEachPlatform((platform) => {
  let running: RunningApp;

  beforeEach(() => {
    lines.length = 0;
    partner.reset();
  });
  afterEach(() => running.close());

  const boot = async (...tracing: ReturnType<typeof TracingModule.forRoot>[]): Promise<void> => {
    @Module({
      imports: [
        CorrelationModule.forRoot({ trustIdentity: true }),
        LoggingModule.forRoot({ service: 'shop', destination }),
        ProblemDetailsModule.forRoot({}),
        HttpClientModule.forRoot({}),
        ...tracing,
      ],
      controllers: [Shop],
    })
    class App {}
    running = await platform.create(App);
  };

  const forward = (headers: readonly string[]): Promise<RawResponse> =>
    rawRequest(running.url, 'GET /forward', headers);

  /** Waits for the route's own line and the access line, which is written after the last byte. */
  const twoLines = () => eventually(() => expect(lines).toHaveLength(2));

  /** Expects a new id in the answer, on all lines and in all calls. */
  async function expectNewId(response: RawResponse): Promise<string> {
    const id = response.headers.get('x-correlation-id')!;
    expect(id).toMatch(UUID);
    expect(response.text).not.toContain(MARK);
    expect(lines.join('')).not.toContain(MARK);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ correlationId: id });
    for (const { headers } of partner.requests) {
      expect(headers['x-correlation-id']).toBe(id);
      expect(JSON.stringify(headers)).not.toContain(MARK);
    }
    return id;
  }

  it('accepts valid ids', async () => {
    await boot();
    const response = await forward(ID_HEADERS.map((name) => `${name}: order-7:a.b_c`));
    expect(response.headers.get('x-correlation-id')).toBe('order-7:a.b_c');
    const { headers } = partner.requests[0]!;
    expect(headers).toMatchObject({
      'x-correlation-id': 'order-7:a.b_c',
      'x-merchant-id': 'order-7:a.b_c',
      'x-user-id': 'order-7:a.b_c',
    });
  });

  it.each([
    ['257 characters', MARK.repeat(65).slice(0, 257)],
    ['UTF-8', Buffer.from(`${MARK}-é-漢-\u{1F4A3}`).toString('latin1')],
    ['latin1', `${MARK}\xe9\xff`],
    ['markup', `<script>${MARK}()</script>`],
    ['an encoded line break', `${MARK}%0d%0aset-cookie: a=b`],
    ['quotes and braces', `"${MARK}":{"`],
    ['a path', `../../${MARK}`],
    ['a space', `${MARK} ${MARK}`],
    ['a tab', `${MARK}\t${MARK}`],
    ['a placeholder of the log', `%s%j${MARK}`],
    ['nothing', ''],
  ])('replaces ids of %s', async (_what, value) => {
    await boot();
    const response = await forward(ID_HEADERS.map((name) => `${name}: ${value}`));
    expect(response.status).toBe(200);
    await twoLines();
    await expectNewId(response);
    expect(partner.requests).toHaveLength(1);
    const { headers } = partner.requests[0]!;
    expect(headers).not.toHaveProperty('x-merchant-id');
    expect(headers).not.toHaveProperty('x-user-id');
  });

  it.each([
    ['10 kB long', [`x-correlation-id: ${MARK.repeat(2_500)}`]],
    ['10 kB long under its other name', [`x-request-id: ${MARK.repeat(2_500)}`]],
    ['sent twice', [`x-correlation-id: ${MARK}-1`, `x-correlation-id: ${MARK}-2`]],
    ['sent 700 times', Array.from({ length: 700 }, () => `x-correlation-id: ${MARK}`)],
    [
      'behind 900 other headers',
      [...Array.from({ length: 900 }, (_, i) => `a${i}:b`), `x-correlation-id: <${MARK}>`],
    ],
  ])('replaces an id that is %s', async (_what, headers) => {
    await boot();
    const response = await forward(headers);
    expect(response.status).toBe(200);
    await twoLines();
    await expectNewId(response);
    expect(partner.requests).toHaveLength(1);
  });

  it.each([
    ['a line feed', `x-correlation-id: ${MARK}\nx-injected: ${MARK}`],
    ['a carriage return', `x-correlation-id: ${MARK}\rx-injected: ${MARK}`],
    ['a folded line', `x-correlation-id: ${MARK}\r\n ${MARK}`],
    ['a zero byte', `x-correlation-id: ${MARK}\0${MARK}`],
    ['many headers', `${'a:b\r\n'.repeat(5_000)}x-correlation-id: <${MARK}>`],
    ['more than a server reads', `x-correlation-id: ${MARK.repeat(5_000)}`],
  ])('echoes nothing of an id with %s', async (_what, header) => {
    await boot();
    const { status, text, headers } = await forward([header]);
    // The parser refuses the request, or reads it as valid HTTP; then the id is new.
    expect([200, 400, 431]).toContain(status);
    expect(text).not.toContain(MARK);
    expect(headers.has('x-injected')).toBe(false);
    expect(lines.join('')).not.toContain(MARK);
    expect(JSON.stringify(partner.requests)).not.toContain(MARK);
  });

  it.each([
    ['fails', 'GET /broken', 500, ''],
    ['matches no route', 'GET /unknown', 404, ''],
    ['cannot be parsed', 'POST /orders', 400, '{"a":'],
  ])(
    'returns the new id, and nothing of the old one, when a request %s',
    async (_what, start, status, body) => {
      await boot();
      const headers = [
        ...ID_HEADERS.map((name) => `${name}: <script>${MARK}</script>`),
        'content-type: application/json',
      ];
      const response = await rawRequest(running.url, start, headers, body);
      expect(response.status).toBe(status);
      const id = await expectNewId(response);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(JSON.parse(response.body)).toMatchObject({ status, correlationId: id });
    },
  );

  // W3C Trace Context level 1, section 3.2.2: which traces to continue, and which to restart.
  describe.each([
    ['passes on', false],
    ['continues, with tracing,', true],
  ])('%s a trace', (_does, isTracing) => {
    const TRACE = '0af7651916cd43dd8448eb211c80319c';
    const CALLER = 'b7ad6b7169203331';
    const STATE = 'vendor=a,other=b';
    const exporter = {
      export: (_spans: unknown, done: (result: { code: number }) => void) => done({ code: 0 }),
      shutdown: async () => undefined,
    };

    const sendTrace = async (...headers: string[]): Promise<ReceivedRequest['headers']> => {
      await boot(...(isTracing ? [TracingModule.forRoot({ service: 'shop', exporter })] : []));
      const { status } = await forward(headers);
      expect(status).toBe(200);
      return partner.requests[0]!.headers;
    };

    const sent = (traceparent: string, tracestate = STATE) =>
      sendTrace(`traceparent: ${traceparent}`, `tracestate: ${tracestate}`);

    function expectKept(traceparent: unknown, cameIn: string): void {
      // A service that adds a span writes the version that it supports.
      const own = new RegExp(`^00-${TRACE}-(?!${CALLER}|0{16})[0-9a-f]{16}-0[01]$`);
      if (isTracing) expect(traceparent).toMatch(own);
      else expect(traceparent).toBe(cameIn);
    }

    it.each([
      ['of this version', `00-${TRACE}-${CALLER}-01`],
      ['that is not sampled', `00-${TRACE}-${CALLER}-00`],
      ['with flags of a later version', `00-${TRACE}-${CALLER}-ff`],
      ['of a later version', `01-${TRACE}-${CALLER}-01`],
      ['of a later version with more fields', `cc-${TRACE}-${CALLER}-01-what-the-future-will-be`],
    ])('%s', async (_what, traceparent) => {
      const headers = await sent(traceparent);
      expectKept(headers['traceparent'], traceparent);
      expect(headers['tracestate']).toBe(STATE);
    });

    it.each([
      ['malformed', 'evil'],
      ['empty', ''],
      ['of version ff', `ff-${TRACE}-${CALLER}-01`],
      ['of a version that is not a number', `.0-${TRACE}-${CALLER}-01`],
      ['with a trace id of zeros', `00-${'0'.repeat(32)}-${CALLER}-01`],
      ['with a parent id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
      ['in upper case', `00-${TRACE.toUpperCase()}-${CALLER.toUpperCase()}-01`],
      ['with a trace id too short', `00-${TRACE.slice(1)}-${CALLER}-01`],
      ['with a parent id too long', `00-${TRACE}-${CALLER}0-01`],
      ['without flags', `00-${TRACE}-${CALLER}`],
      ['with flags that are not a number', `00-${TRACE}-${CALLER}-0x`],
      ['of this version with more fields', `00-${TRACE}-${CALLER}-01-more`],
      ['of a later version that is truncated', `01-${TRACE}-${CALLER}-0`],
      ['of a later version with other separators', `01-${TRACE}-${CALLER}-01.more`],
    ])('except one %s', async (_what, traceparent) => {
      const headers = await sent(traceparent);
      expect(headers['traceparent'] ?? '').not.toContain(TRACE);
      if (isTracing) expect(headers['traceparent']).toMatch(/^00-(?!0{32})[0-9a-f]{32}-/);
      else expect(headers).not.toHaveProperty('traceparent');
      expect(headers).not.toHaveProperty('tracestate');
    });

    it('except one that was sent twice', async () => {
      const traceparent = `traceparent: 00-${TRACE}-${CALLER}-01`;
      const headers = await sendTrace(traceparent, traceparent, `tracestate: ${STATE}`);
      expect(headers['traceparent'] ?? '').not.toContain(TRACE);
      expect(headers).not.toHaveProperty('tracestate');
    });

    it('with a state from several headers, in order', async () => {
      const state = STATE.split(',').map((entry) => `tracestate: ${entry}`);
      const headers = await sendTrace(`traceparent: 00-${TRACE}-${CALLER}-01`, ...state);
      expect(headers['tracestate']).toBe('vendor=a, other=b');
    });

    it.each([
      ['with a state of 512 characters', `a=${'x'.repeat(510)}`, true],
      ['without a longer state', `a=${'x'.repeat(511)}`, false],
      ['without a state of invalid characters', 'a=\xe9', false],
    ])('%s', async (_what, state, isKept) => {
      const traceparent = `00-${TRACE}-${CALLER}-01`;
      const headers = await sent(traceparent, state);
      expectKept(headers['traceparent'], traceparent);
      expect(headers['tracestate']).toBe(isKept ? state : undefined);
    });
  });
});
