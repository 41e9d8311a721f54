import {
  currentContext,
  diagnostics,
  runInContext,
  traced,
  type SpanDescription,
} from '@loyalnest/core';
import { installTracer, isTracing } from '@loyalnest/core/toolkit';
import { eventually } from '@loyalnest/testing';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { context, propagation, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { Tracing, TracingModule } from './index.js';
import { isExportConfigured } from './export-configured.js';
import { resolveTracingOptions } from './tracing.options.js';
import type { TracingModuleOptions } from './tracing.options.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';

/** Keeps the spans that it gets, and answers as a test says. */
class Kept implements SpanExporter {
  readonly spans: ReadableSpan[] = [];
  shutDown = false;
  answer: (done: (result: { code: number; error?: Error }) => void) => void = (done) =>
    done({ code: 0 });

  export(spans: ReadableSpan[], done: (result: { code: number; error?: Error }) => void): void {
    this.spans.push(...spans);
    this.answer(done);
  }

  async shutdown(): Promise<void> {
    this.shutDown = true;
  }

  get names(): readonly string[] {
    return this.spans.map(({ name }) => name);
  }

  named(name: string): ReadableSpan {
    return this.spans.find((span) => span.name === name)!;
  }
}

let app: INestApplicationContext | undefined;
let exporter: Kept;
beforeEach(() => {
  exporter = new Kept();
});
afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function start(options: Partial<TracingModuleOptions> = {}): Promise<Tracing> {
  @Module({ imports: [TracingModule.forRoot({ service: 'shop', exporter, ...options })] })
  class App {}
  app = await NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
  return app.get(Tracing, { strict: false });
}

const named =
  (name: string, more: Partial<SpanDescription> = {}) =>
  () => ({ name, ...more });

/** Runs `task` as the handler of a request. */
function request<T>(task: () => T, carrier: { traceparent?: string } = {}): T {
  return runInContext({ correlationId: 'order-7', merchantId: 'shop', ...carrier }, () =>
    traced('server', named('GET /orders', { attributes: { 'url.path': '/orders' } }), task),
  );
}

describe('spans', () => {
  it('of calls are children of the request, and the outgoing traceparent names the newest span', async () => {
    const tracing = await start();
    const sent = request(() =>
      traced('client', named('POST'), () => currentContext()?.traceparent),
    );
    await tracing.flush();
    const [call, server] = [exporter.named('POST'), exporter.named('GET /orders')];
    expect(call.parentSpanContext?.spanId).toBe(server.spanContext().spanId);
    expect(sent).toBe(`00-${call.spanContext().traceId}-${call.spanContext().spanId}-01`);
    for (const { attributes, resource } of [call, server]) {
      expect(attributes).toMatchObject({
        'loyalnest.correlation_id': 'order-7',
        'loyalnest.merchant_id': 'shop',
      });
      expect(resource.attributes['service.name']).toBe('shop');
    }
  });

  it('continue the trace of the caller', async () => {
    const tracing = await start();
    request(() => undefined, { traceparent: `00-${TRACE}-${CALLER}-01` });
    await tracing.flush();
    const [server] = exporter.spans;
    expect(server!.spanContext().traceId).toBe(TRACE);
    expect(server!.parentSpanContext?.spanId).toBe(CALLER);
  });

  it('last until the promise settles, and record its error without personal data', async () => {
    const tracing = await start();
    const failing = request(async () => {
      await Promise.resolve();
      throw new Error('no SMS to +491761234567');
    });
    await expect(failing).rejects.toThrow('+491761234567');
    await tracing.flush();
    const [span] = exporter.spans;
    expect(span!.status.code).toBe(SpanStatusCode.ERROR);
    expect(span!.events[0]).toMatchObject({
      name: 'exception',
      attributes: { 'exception.message': 'no SMS to [redacted]' },
    });
    expect(JSON.stringify(span!.events)).not.toContain('+491761234567');
  });

  it('of a redriven job start a new trace with a link to the first', async () => {
    const tracing = await start();
    const traceparent = `00-${TRACE}-${CALLER}-01`;
    runInContext({ correlationId: 'order-7', traceparent }, () =>
      traced('consumer', named('process', { newTrace: true, links: [traceparent] }), () => 1),
    );
    await tracing.flush();
    const [span] = exporter.spans;
    expect(span!.spanContext().traceId).not.toBe(TRACE);
    expect(span!.parentSpanContext).toBeUndefined();
    expect(span!.links).toMatchObject([{ context: { traceId: TRACE, spanId: CALLER } }]);
  });

  it('are created for schedules, but not for calls outside of a request or for silent routes', async () => {
    const tracing = await start();
    traced('client', named('poll'), () => 1);
    traced('internal', named('part'), () => 1);
    runInContext({ correlationId: 'c' }, () =>
      traced('server', named('GET', { attributes: { 'url.path': '/health/live' } }), () =>
        traced('client', named('check'), () => 1),
      ),
    );
    traced('internal', named('expire points', { newTrace: true }), () => 1);
    await tracing.flush();
    expect(exporter.names).toEqual(['expire points']);
  });

  it('of the OpenTelemetry API belong to the same trace, in both directions', async () => {
    const tracing = await start();
    const carrier: Record<string, string> = {};
    request(() =>
      trace.getTracer('user').startActiveSpan('of the user', (span) => {
        propagation.inject(context.active(), carrier);
        traced('client', named('of the suite'), () => 1);
        span.end();
      }),
    );
    await tracing.flush();
    const [own, ofUser] = [exporter.named('of the suite'), exporter.named('of the user')];
    expect(own.parentSpanContext?.spanId).toBe(ofUser.spanContext().spanId);
    expect(ofUser.parentSpanContext?.spanId).toBe(
      exporter.named('GET /orders').spanContext().spanId,
    );
    expect(carrier['traceparent']).toContain(ofUser.spanContext().spanId);
    const extracted = propagation.extract(ROOT_CONTEXT, carrier);
    expect(trace.getSpanContext(extracted)?.spanId).toBe(ofUser.spanContext().spanId);
  });

  it('record what policies decide as events', async () => {
    const tracing = await start();
    const policy = 'sms';
    const publish = (kind: string, event: object) =>
      diagnostics(`loyalnest:resilience:${kind}`).publish({ policy, ...event });
    request(() => {
      publish('attempt-failed', { attempt: 1, delayMs: 99.6, error: new TypeError('down') });
      publish('circuit-state', { from: 'closed', to: 'open' });
      publish('call-rejected', { by: 'bulkhead', retryAfterMs: 10 });
      publish('retry-budget-exhausted', { refused: 'retry' });
      publish('fallback', { handler: 'sendEmail', error: new Error('down') });
    });
    publish('fallback', { handler: 'outside', error: new Error('down') });
    await tracing.flush();
    expect(exporter.spans[0]!.events.map(({ name, attributes }) => [name, attributes])).toEqual([
      [
        'resilience.attempt_failed',
        { policy, attempt: 1, delay_ms: 100, 'error.type': 'TypeError' },
      ],
      ['resilience.circuit_state', { policy, from: 'closed', to: 'open' }],
      ['resilience.call_rejected', { policy, by: 'bulkhead', retry_after_ms: 10 }],
      ['resilience.retry_budget_exhausted', { policy, refused: 'retry' }],
      ['resilience.fallback', { policy, handler: 'sendEmail', 'error.type': 'Error' }],
    ]);
  });
});

describe('sampling', () => {
  const none = { ratio: 0 };

  it('exports nothing of an unsampled trace that is fast and has no error, and counts it', async () => {
    const tracing = await start({ sampling: none });
    request(() => traced('client', named('POST'), () => 1));
    await tracing.flush();
    expect(exporter.spans).toEqual([]);
    expect(tracing.counts.unsampled).toBe(2);
  });

  it('exports the whole local part of an unsampled trace with an error anywhere in it', async () => {
    const tracing = await start({ sampling: none });
    await request(async () => {
      traced('client', named('before'), () => 1);
      await traced('client', named('POST'), () => Promise.reject(new Error('down'))).catch(() => 1);
    });
    await tracing.flush();
    expect([...exporter.names].sort()).toEqual(['GET /orders', 'POST', 'before']);
  });

  it('exports a slow unsampled trace, but only with the option', async () => {
    const tracing = await start({ sampling: { ...none, slow: 1 } });
    const busy = (): void => {
      const until = performance.now() + 5;
      while (performance.now() < until);
    };
    request(busy);
    await tracing.flush();
    expect(exporter.names).toEqual(['GET /orders']);
    await app!.close();
    exporter = new Kept();
    const patient = await start({ sampling: { ...none, slow: Infinity, keepErrors: false } });
    request(busy);
    expect(() =>
      request(() => {
        throw new Error('down');
      }),
    ).toThrow('down');
    await patient.flush();
    expect(exporter.spans).toEqual([]);
  });

  it.each([
    ['01', 1],
    ['00', 0],
  ])('keeps the decision of the caller: flags %s', async (flags, count) => {
    const tracing = await start({ sampling: { ratio: flags === '01' ? 0 : 1 } });
    request(() => undefined, { traceparent: `00-${TRACE}-${CALLER}-${flags}` });
    await tracing.flush();
    expect(exporter.spans).toHaveLength(count);
  });

  it('samples about the configured share of the traces', async () => {
    const tracing = await start({ sampling: { ratio: 0.25 } });
    for (let i = 0; i < 2_000; i++) request(() => undefined);
    await tracing.flush();
    expect(exporter.spans.length).toBeGreaterThan(400);
    expect(exporter.spans.length).toBeLessThan(600);
  });

  it('drops the oldest unsampled trace when there are more than maxTraces', async () => {
    const tracing = await start({ sampling: none, maxTraces: 2 });
    const ends: ((error?: Error) => void)[] = [];
    const runs = [0, 1, 2].map((i) =>
      request(async () => {
        traced('client', named(`call ${i}`), () => 1);
        await new Promise<void>((resolve, reject) => {
          ends.push((error) => (error ? reject(error) : resolve()));
        });
      }).catch(() => undefined),
    );
    for (const end of ends) end(new Error('down'));
    await Promise.all(runs);
    await tracing.flush();
    expect(tracing.counts.dropped['buffer-full']).toBe(1);
    expect(exporter.names).not.toContain('call 0');
    expect(exporter.names).toEqual(expect.arrayContaining(['call 1', 'call 2']));
  });
});

describe('the export', () => {
  it('hides its failures from callers, counts the dropped spans and continues', async () => {
    const tracing = await start();
    exporter.answer = (done) => done({ code: 1, error: new Error('refused') });
    request(() => 1);
    await tracing.flush();
    exporter.answer = () => {
      throw new Error('broken');
    };
    request(() => 1);
    await tracing.flush();
    expect(tracing.counts).toMatchObject({ exported: 0, dropped: { 'export-failed': 2 } });
    exporter.answer = (done) => done({ code: 0 });
    request(() => 1);
    await tracing.flush();
    expect(tracing.counts.exported).toBe(1);
  });

  it('drops spans above maxQueuedSpans while the collector hangs', async () => {
    const tracing = await start({ maxQueuedSpans: 10 });
    let finish = (): void => undefined;
    exporter.answer = (done) => {
      finish = () => done({ code: 0 });
    };
    request(() => 1);
    void tracing.flush();
    for (let i = 0; i < 15; i++) request(() => 1);
    expect(tracing.counts.dropped['queue-full']).toBe(5);
    exporter.answer = (done) => done({ code: 0 });
    finish();
    await tracing.flush();
    expect(tracing.counts.exported).toBe(11);
  });

  it('is complete when the application has closed, and tracing is off', async () => {
    await start();
    request(() => 1);
    await app!.close();
    expect(exporter.names).toEqual(['GET /orders']);
    expect(exporter.shutDown).toBe(true);
    expect(isTracing()).toBe(false);
    expect(trace.getTracer('user').startSpan('after').isRecording()).toBe(false);
  });

  it('waits at most two seconds for a hanging collector when the application closes', async () => {
    await start();
    exporter.answer = () => undefined;
    request(() => 1);
    const startedAt = performance.now();
    await app!.close();
    expect(performance.now() - startedAt).toBeLessThan(4_000);
  });
});

describe('a process', () => {
  it('traces only the first of its applications', async () => {
    const tracing = await start();
    const other = new Kept();
    @Module({ imports: [TracingModule.forRoot({ service: 'other', exporter: other })] })
    class Other {}
    const second = await NestFactory.createApplicationContext(Other, { logger: false });
    expect(second.get(Tracing, { strict: false }).active).toBe(false);
    await second.close();
    request(() => 1);
    await tracing.flush();
    expect(exporter.names).toEqual(['GET /orders']);
    expect(other.spans).toEqual([]);
  });

  it('does not trace without an endpoint', async () => {
    @Module({ imports: [TracingModule.forRoot({ service: 'shop' })] })
    class App {}
    app = await NestFactory.createApplicationContext(App, { logger: false });
    expect(app.get(Tracing, { strict: false }).active).toBe(false);
    expect(isTracing()).toBe(false);
  });

  it('does not boot with another OpenTelemetry SDK', async () => {
    context.setGlobalContextManager({
      active: () => ROOT_CONTEXT,
      with: (_context, fn, thisArg, ...args) => fn.apply(thisArg, args),
      bind: (_context, target) => target,
      enable: () => context as never,
      disable: () => context as never,
    });
    try {
      await expect(start()).rejects.toThrow('another OpenTelemetry SDK');
      expect(isTracing()).toBe(false);
    } finally {
      context.disable();
      trace.disable();
    }
  });

  it('keeps a tracer that another library installed', async () => {
    const remove = installTracer({ trace: (_kind, _describe, task) => task(undefined) });
    expect((await start()).active).toBe(false);
    remove?.();
  });
});

describe('the options', () => {
  const resolve = (options: Partial<TracingModuleOptions>, environment = {}) =>
    resolveTracingOptions({ service: 'shop', ...options }, environment);

  it.each([
    [{ service: '' }, "TracingModule.service: got ''"],
    [{ sampling: { ratio: 1.5 } }, 'TracingModule.sampling.ratio: got 1.5'],
    [{ silentRoutes: ['health'] }, "TracingModule.silentRoutes: got 'health'"],
    [{ maxTraces: 0 }, 'TracingModule.maxTraces: got 0'],
    [{ exportEvery: 1 }, 'TracingModule.exportEvery: got 1'],
  ])('are rejected with path, value and remedy: %j', (options, message) => {
    expect(() => resolve(options)).toThrow(message);
  });

  it('take the ratio from OTEL_TRACES_SAMPLER_ARG', () => {
    expect(resolve({}, { OTEL_TRACES_SAMPLER_ARG: '0.1' }).ratio).toBe(0.1);
    expect(resolve({}, { OTEL_TRACES_SAMPLER_ARG: ' ' }).ratio).toBe(1);
    expect(() => resolve({}, { OTEL_TRACES_SAMPLER_ARG: 'few' })).toThrow(
      'OTEL_TRACES_SAMPLER_ARG',
    );
  });

  it.each([
    [{}, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, true],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318/v1/traces' }, true],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_SDK_DISABLED: 'TRUE' }, false],
  ])('export if the environment names an endpoint: %j', (environment, isConfigured) => {
    expect(isExportConfigured(environment)).toBe(isConfigured);
  });
});

it('exports a full batch without waiting for exportEvery', async () => {
  await start({ exportEvery: '1h' });
  for (let i = 0; i < 512; i++) request(() => 1);
  await eventually(() => expect(exporter.spans).toHaveLength(512));
});
