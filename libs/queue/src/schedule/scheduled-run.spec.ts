import { scheduledEnvelope } from './scheduled-run.js';

const template = { schedule: 'nightly', version: 2, payload: { points: 1 }, expiresAfterMs: 1_000 };
const id = 'repeat:nightly:1767225600000';

it('a run that crashed before its envelope was stored gets the same envelope again', () => {
  const envelope = scheduledEnvelope('points', id, template);
  expect(scheduledEnvelope('points', id, template)).toEqual(envelope);
  expect(envelope).toMatchObject({
    id,
    version: 2,
    schedule: 'nightly',
    occurredAt: '2026-01-01T00:00:00.000Z',
    expiresAt: '2026-01-01T00:00:01.000Z',
  });
});

it('runs of different queues or times have different correlation ids', () => {
  const ids = [
    scheduledEnvelope('points', id, template),
    scheduledEnvelope('mails', id, template),
    scheduledEnvelope('points', 'repeat:nightly:1767225600001', template),
  ].map(({ context }) => context.correlationId);
  expect(new Set(ids).size).toBe(3);
});
