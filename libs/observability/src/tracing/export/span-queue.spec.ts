import { eventually } from '@loyalnest/testing';
import { context, TraceFlags } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { AsyncLocalStorage } from 'node:async_hooks';
import { activeContext } from '../span/active-context.js';
import { RequestContextManager } from '../span/request-context-manager.js';
import { SpanTally } from '../span-counts.js';
import { SpanQueue } from './span-queue.js';

type Done = Parameters<SpanExporter['export']>[1];

const OK = { code: 0 };
const FAILED = { code: 1, error: new Error('refused') };

const span = (traceFlags = TraceFlags.SAMPLED): ReadableSpan =>
  ({ spanContext: () => ({ traceId: 'a', spanId: 'b', traceFlags }) }) as ReadableSpan;

/** Holds every export until a test answers it. */
class Held implements SpanExporter {
  readonly batches: number[] = [];
  readonly pending: Done[] = [];
  isShutDown = false;
  onExport = (): void => undefined;

  export(spans: ReadableSpan[], done: Done): void {
    this.batches.push(spans.length);
    this.pending.push(done);
    this.onExport();
  }

  async shutdown(): Promise<void> {
    this.isShutDown = true;
  }
}

let exporter: Held;
let tally: SpanTally;
let changes: (string | undefined)[];
let queue: SpanQueue;

beforeEach(() => {
  exporter = new Held();
  tally = new SpanTally();
  changes = [];
  queue = new SpanQueue(
    {
      exporter,
      maxQueuedSpans: 2_000,
      exportEveryMs: 3_600_000,
      onChange: (error) => changes.push(error?.message),
    },
    tally,
  );
});
afterEach(() => queue.close(AbortSignal.abort()));

function add(count: number): void {
  for (let i = 0; i < count; i++) queue.add(span());
}

/** Answers every export until the queue is empty. */
async function drain(answer: typeof OK | typeof FAILED): Promise<void> {
  exporter.onExport = () => exporter.pending.shift()!(answer);
  exporter.pending.shift()?.(answer);
  await queue.flush();
}

it('exports one batch at a time', async () => {
  add(1_100);
  void queue.flush();
  expect(exporter.batches).toEqual([512]);
  await drain(OK);
  expect(exporter.batches).toEqual([512, 512, 76]);
  expect(tally.exported).toBe(1_100);
});

it('waits in flush for an export that is already running', async () => {
  add(1);
  void queue.flush();
  let flushed = false;
  const second = queue.flush().then(() => (flushed = true));
  await new Promise(setImmediate);
  expect(flushed).toBe(false);
  exporter.pending.shift()!(OK);
  await second;
});

it('exports spans of unsampled traces too', async () => {
  queue.add(span(TraceFlags.NONE));
  await drain(OK);
  expect(tally.exported).toBe(1);
});

it('exports a full batch after the request and outside of its context', async () => {
  const request = new AsyncLocalStorage<string>();
  let seen: string | undefined = 'not exported';
  exporter.onExport = () => (seen = request.getStore());
  request.run('request', () => {
    add(512);
    expect(exporter.batches).toEqual([]);
  });
  await eventually(() => expect(exporter.batches).toEqual([512]));
  expect(seen).toBeUndefined();
});

it('suppresses tracing of the export itself', () => {
  context.setGlobalContextManager(new RequestContextManager());
  let suppressed = false;
  exporter.onExport = () => (suppressed = isTracingSuppressed(activeContext()));
  add(1);
  void queue.flush();
  context.disable();
  expect(suppressed).toBe(true);
});

it('reports a failing exporter once, and its recovery once', async () => {
  for (const answer of [FAILED, FAILED, OK, OK]) {
    add(1);
    await drain(answer);
  }
  expect(changes).toEqual(['refused', undefined]);
  expect(tally).toMatchObject({ exported: 2, dropped: { 'export-failed': 2 } });
});

it('counts the spans that do not fit', () => {
  add(2_003);
  expect(tally.dropped['queue-full']).toBe(3);
});

it('shuts down an exporter that hangs, and counts what is still queued as dropped', async () => {
  add(600);
  const deadline = new AbortController();
  const closed = queue.close(deadline.signal);
  expect(exporter.batches).toEqual([512]);
  deadline.abort();
  await closed;
  expect(exporter.isShutDown).toBe(true);
  expect(tally.dropped['queue-full']).toBe(88);
});
