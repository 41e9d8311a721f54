import {
  Bulkhead,
  CircuitBreaker,
  ResilienceModule,
  ResilienceRegistry,
  Retry,
  Timeout,
  type PolicyDecorator,
} from '@loyalnest/resilience';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

/** Built once, so that the figures only contain what the library adds to throwing it. */
export const DOWN = new Error('down');

export async function noop(): Promise<number> {
  return 1;
}

/** A provider whose methods each have the policies that their name describes. */
export class Subject {
  async bare(): Promise<number> {
    return 1;
  }
  async breaker(): Promise<number> {
    return 1;
  }
  async four(): Promise<number> {
    return 1;
  }
  async open(): Promise<number> {
    return 1;
  }
  async failing(): Promise<number> {
    throw DOWN;
  }
  async failingBusy(): Promise<number> {
    throw DOWN;
  }
  async half(): Promise<number> {
    if (Math.random() < 0.5) throw DOWN;
    return 1;
  }
  async keyed(_key: string): Promise<number> {
    return 1;
  }
}

// Node only strips types from this file and does not support decorators.
function decorate(method: keyof Subject, ...decorators: readonly PolicyDecorator[]): void {
  for (const decorator of decorators) {
    const descriptor = Object.getOwnPropertyDescriptor(Subject.prototype, method)!;
    decorator(Subject.prototype, method, descriptor);
    Object.defineProperty(Subject.prototype, method, descriptor);
  }
}

const NEVER_OPENS = { minimumCalls: 1_000_000_000 };

decorate('breaker', CircuitBreaker());
decorate(
  'four',
  Retry({ attempts: 3 }),
  CircuitBreaker(),
  Timeout('10s'),
  Bulkhead({ maxConcurrent: 100 }),
);
decorate('open', CircuitBreaker({ name: 'open', minimumCalls: 1, openFor: '1h' }));
decorate('failing', CircuitBreaker({ name: 'failing', window: '10m', ...NEVER_OPENS }));
decorate('failingBusy', CircuitBreaker({ name: 'failing-busy', window: '10m', ...NEVER_OPENS }));
decorate(
  'half',
  Retry({ attempts: 3, backoff: { initial: '1ms', max: '5ms' } }),
  CircuitBreaker({ name: 'half', ...NEVER_OPENS }),
  Timeout('1s'),
  Bulkhead({ maxConcurrent: 1_000, maxQueue: 10_000, maxWait: '5s' }),
);
decorate('keyed', CircuitBreaker({ name: 'keyed', key: (key: string) => key, maxKeys: 1_000_000 }));

export async function startSubject(): Promise<{
  readonly app: INestApplicationContext;
  readonly subject: Subject;
  readonly registry: ResilienceRegistry;
}> {
  class App {}
  Module({ imports: [ResilienceModule.forRoot({})], providers: [Subject] })(App);
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  return { app, subject: app.get(Subject), registry: app.get(ResilienceRegistry) };
}
