import { LoyalNestError, OBSERVE_METRICS } from '@loyalnest/core';
import { FakeClock } from '@loyalnest/core/testing';
import { Injectable } from '@nestjs/common';
import { closeApps, startApp } from '../../test/start-app.js';
import { Bulkhead, Timeout } from '../index.js';
import { ResilienceMetrics } from '../resilience-metrics.js';
import { Bulkhead as Slots } from './bulkhead.js';

class AnswerError extends Error {
  constructor(readonly status: number) {
    super(`answered ${status}`);
  }
}

class Overloaded extends LoyalNestError {
  readonly code = 'OVERLOADED';
  readonly category = 'unavailable';
  readonly retryable = false;
}

afterEach(async () => {
  jest.restoreAllMocks();
  await closeApps();
});

async function startClient(environment: Readonly<Record<string, string>> = {}) {
  const clock = new FakeClock();
  @Injectable()
  class SmsClient {
    @Bulkhead({ name: 'sms', maxConcurrent: 20, adaptive: { initial: 8 } })
    @Timeout('1s')
    async send(ms: number, error?: Error): Promise<string> {
      await new Promise<void>((done) => clock.schedule(done, ms));
      if (error) throw error;
      return 'sent';
    }
  }
  const started = await startApp([SmsClient], { environment, clock });
  const observe = jest.spyOn(Slots.prototype, 'observe');
  const call = async (ms: number, error?: Error): Promise<void> => {
    const sent = started.app
      .get(SmsClient)
      .send(ms, error)
      .catch(() => undefined);
    await clock.advance(ms);
    await sent;
  };
  return { ...started, SmsClient, observe, call };
}

it.each([
  ['an answer', undefined, [30, true]],
  ['a 404, which proves that the dependency answers', new AnswerError(404), [30, true]],
  ['a failure, which may have ended early', new AnswerError(503), [30, false]],
])('measures %s', async (_what, error, expected) => {
  const { call, observe } = await startClient();
  await call(30, error);
  expect(observe.mock.calls).toEqual([expected]);
});

it('measures a call that its timeout cut as one that takes longer', async () => {
  const { call, observe } = await startClient();
  await call(1_000);
  expect(observe.mock.calls).toEqual([[1_000, false]]);
});

it.each([
  ['of another policy or of the dependency', new Overloaded('busy')],
  ['of our credential', new AnswerError(401)],
])('does not measure a refusal %s', async (_what, error) => {
  const { call, observe } = await startClient();
  await call(0, error);
  expect(observe).not.toHaveBeenCalled();
});

it('shows in explain() and in the metrics what it may do', async () => {
  const { app, registry, SmsClient } = await startClient();
  expect(registry.pipelineOf(SmsClient.prototype.send as never).explain()).toContain(
    'sms, adaptive, at most 20 at a time, 0 waiting',
  );
  const metrics = app.get(ResilienceMetrics);
  const limit = metrics[OBSERVE_METRICS]().find(
    ({ name, labels }) => name === 'loyalnest_bulkhead_limit' && labels?.state === 'running',
  );
  expect(limit).toMatchObject({ value: 8, labels: { bulkhead: 'sms' } });
});

it('can be switched by a variable of the environment', async () => {
  const { registry } = await startClient({ RESILIENCE_SMSCLIENT_SEND_ADAPTIVE: 'false' });
  expect(registry.states.bulkheads.get('sms')!.isAdaptive).toBe(false);
  await expect(startClient({ RESILIENCE_SMSCLIENT_SEND_ADAPTIVE: 'perhaps' })).rejects.toThrow(
    "RESILIENCE_SMSCLIENT_SEND_ADAPTIVE: got 'perhaps'; use true or false, or unset it",
  );
});

it('fails the boot with the path of an invalid option', async () => {
  @Injectable()
  class Client {
    @Bulkhead({ adaptive: { min: 0 } })
    async read(): Promise<void> {}
  }
  await expect(startApp([Client])).rejects.toThrow(
    'Client.read @Bulkhead.adaptive.min: got 0; use a whole number >= 1 and <= 10',
  );
});
