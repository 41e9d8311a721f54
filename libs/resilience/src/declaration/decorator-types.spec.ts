import type { Observable } from 'rxjs';
import {
  Bulkhead,
  Cache,
  CircuitBreaker,
  Deadline,
  Fallback,
  Hedge,
  RateLimit,
  Resilient,
  Retry,
  SingleFlight,
  Timeout,
} from '../index.js';

// tsc (config/tsconfig.spec.json) checks this file: a line that compiles but must not is an error.

class Allowed {
  @Retry()
  @CircuitBreaker({ key: (id: number) => String(id) })
  @Timeout('1s')
  @Deadline(5_000)
  async promise(id: number): Promise<number> {
    return id;
  }

  @Retry()
  observable(): Observable<string> {
    throw new Error('only its type is used');
  }

  @Fallback('instead')
  async named(id: number, text?: string): Promise<string> {
    return `${id}${text}`;
  }
  async instead(id: number, text: string | undefined, error: unknown): Promise<string> {
    return `${id}${text}${String(error)}`;
  }

  @Fallback((error, [id]: [number]) => `${String(error)}${id}`)
  async byFunction(id: number): Promise<string> {
    return String(id);
  }

  @Fallback(() => null)
  async orNull(): Promise<string | null> {
    return 'value';
  }

  @Resilient('sms')
  @SingleFlight()
  @Cache({ ttl: '1m', scope: 'shared' })
  @Hedge({ idempotent: true, delay: '10ms' })
  @RateLimit({ limit: 1 })
  @Bulkhead()
  async all(): Promise<void> {}
}

@Retry()
@Resilient('sms')
class OnClass {
  async read(): Promise<void> {}
}

class Refused {
  // @ts-expect-error a policy only protects methods that return a Promise or an Observable
  @Retry()
  now(): string {
    return 'now';
  }

  // @ts-expect-error void is neither of them
  @CircuitBreaker()
  nothing(): void {}

  // @ts-expect-error a fallback has the same parameters
  @Fallback('otherParameters')
  async one(_id: number): Promise<string> {
    return 'one';
  }
  async otherParameters(_text: string, _error: unknown): Promise<string> {
    return 'other';
  }

  // @ts-expect-error a fallback has the same kind of result
  @Fallback('otherResult')
  async two(_id: number): Promise<string> {
    return 'two';
  }
  async otherResult(_id: number, _error: unknown): Promise<number> {
    return 1;
  }

  // @ts-expect-error a fallback exists
  @Fallback('absent')
  async three(): Promise<string> {
    return 'three';
  }

  // @ts-expect-error a fallback function returns what the method promises
  @Fallback(() => 4)
  async four(): Promise<string> {
    return 'four';
  }

  // @ts-expect-error a duration has a known unit
  @Timeout('5 weeks')
  async five(): Promise<void> {}

  // @ts-expect-error a hedge confirms that the method may run twice
  @Hedge({ delay: '10ms' })
  async six(): Promise<void> {}

  // @ts-expect-error a cache needs a ttl
  @Cache({})
  async seven(): Promise<void> {}

  // @ts-expect-error an unknown option is an error
  @Retry({ attemps: 3 })
  async eight(): Promise<void> {}
}

it('decorators that compile leave the methods callable', () => {
  expect([Allowed, OnClass, Refused].map(({ name }) => name)).toHaveLength(3);
});
