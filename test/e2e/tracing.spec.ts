import { eventually } from '@loyalnest/testing';
import { OtlpCollector, type CollectedSpan } from './otlp-collector.js';
import { newCustomerId, SampleStack } from './sample-stack.js';

const PHONE = '+15550109999';
const EMAIL = 'friend@example.com';

let collector: OtlpCollector;
let stack: SampleStack;

beforeAll(async () => {
  collector = await OtlpCollector.start();
  stack = await SampleStack.start({
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
  });
}, 60_000);
afterAll(async () => {
  await stack.stop();
  await collector.stop();
}, 60_000);

it('one trace spans the gateway, the job, its SQL and the SMS, without personal data', async () => {
  const correlationId = 'traced-1';
  const answer = await stack.call(
    'api-gateway',
    'POST',
    '/v1/referrals',
    JSON.stringify({ advocateId: newCustomerId(), friendPhone: PHONE, friendEmail: EMAIL }),
    { 'x-correlation-id': correlationId },
  );
  expect(answer.status).toBe(202);
  const edge = await eventually(
    () =>
      collector.spans.find(
        ({ service, parentSpanId }) => service === 'api-gateway' && parentSpanId === undefined,
      ) ?? false,
    { within: '15s' },
  );
  const sms = await eventually(() => collector.spans.find(isSms) ?? false, { within: '15s' });
  expect(sms.traceId).toBe(edge.traceId);

  // The chain of calls, from the SMS back to the edge.
  await eventually(() => expect(pathTo(sms).at(-1)?.spanId).toBe(edge.spanId), { within: '15s' });
  const path = pathTo(sms).map(({ service, name }) => `${service}: ${name}`);
  expect(path).toEqual([
    'referrals-service: POST',
    'referrals-service: process referrals.invite',
    'referrals-service: create referrals.invite',
    'referrals-service: POST /v1/referrals',
    'api-gateway: POST',
    'api-gateway: POST /v1/referrals',
  ]);

  const trace = collector.spans.filter(({ traceId }) => traceId === edge.traceId);
  const queries = trace.filter(({ attributes }) => attributes['db.system.name'] === 'postgresql');
  expect(queries.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['INSERT referrals', 'INSERT loyalnest_outbox', 'UPDATE referrals']),
  );
  const job = trace.find(({ name }) => name.startsWith('process '))!;
  expect(job.links).toEqual([job.parentSpanId]);
  for (const { attributes } of trace) {
    expect(attributes['loyalnest.correlation_id']).toBe(correlationId);
  }
  const everything = JSON.stringify(trace);
  for (const secret of [PHONE, EMAIL, PHONE.slice(1)]) expect(everything).not.toContain(secret);
}, 90_000);

it('log lines contain the ids of the trace', async () => {
  const lines = await stack.logOf('referrals-service');
  const line = lines.find(({ event, job }) => event === 'job' && job !== undefined);
  const span = collector.spans.find(({ spanId }) => spanId === line?.['spanId']);
  expect(span).toMatchObject({ traceId: line?.['traceId'], name: `process ${line?.['job']}` });
});

it('probes and metrics requests create no spans', () => {
  const paths = collector.spans.map(({ attributes }) => attributes['url.path']);
  expect(paths.filter((path) => /^\/(health|metrics)/.test(String(path)))).toEqual([]);
});

/** Whether a span calls the SMS provider, an external system that gets none of our ids. */
function isSms({ service, attributes }: CollectedSpan): boolean {
  return service === 'referrals-service' && String(attributes['url.full']).includes('/sms/');
}

/** The path from a span to the root of its trace. */
function pathTo(span: CollectedSpan): readonly CollectedSpan[] {
  const path = [span];
  for (;;) {
    const { parentSpanId } = path.at(-1)!;
    const parent = collector.spans.find(({ spanId }) => spanId === parentSpanId);
    if (!parent) return path;
    path.push(parent);
  }
}
