import 'reflect-metadata';
import type { DrainPhase } from '@loyalnest/core';
import { eventually } from '@loyalnest/testing';
import { Injectable, Module, Scope } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FakeProcess } from '../../test/fake-process.js';
import { GracefulShutdown, GracefulShutdownModule, OnDrain } from '../index.js';

const seen: string[] = [];

@Injectable()
class Cache {
  @OnDrain({ phase: 'stop-intake' })
  stop(): void {
    seen.push('stop');
  }

  @OnDrain({ phase: 'close-connections', name: 'cache' })
  async close(signal: AbortSignal): Promise<void> {
    seen.push(`close ${this.constructor.name} ${signal.aborted}`);
  }
}

@Injectable()
class SearchIndex extends Cache {
  override stop(): void {
    seen.push('never');
  }

  @OnDrain({ phase: 'drain' })
  @OnDrain({ phase: 'close-queues' })
  flush(): void {
    seen.push('flush');
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest {
  @OnDrain({ phase: 'drain' })
  end(): void {
    seen.push('never');
  }
}

@Injectable()
class Broken {
  @OnDrain({ phase: 'close-databases', name: 'ledger' })
  async close(): Promise<void> {
    throw new Error('no such table');
  }
}

async function shutDown(...providers: (new () => object)[]): Promise<[number[], string[]]> {
  const control = new FakeProcess();
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(line);
  @Module({ imports: [GracefulShutdownModule.forRoot({ process: control })], providers })
  class App {}
  const app = await NestFactory.createApplicationContext(App, {
    logger: { log: note, warn: note, error: note },
  });
  app.get(GracefulShutdown).attach(app);
  control.send('SIGTERM');
  await eventually(() => control.exits.length > 0);
  return [control.exits, lines];
}

beforeEach(() => seen.splice(0));

it('runs own and inherited methods in their phases', async () => {
  const [exits] = await shutDown(SearchIndex);
  expect(seen).toEqual(['flush', 'flush', 'close SearchIndex false']);
  expect(exits).toEqual([0]);
});

it('does not run a method that a subclass overrides without the decorator', async () => {
  await shutDown(SearchIndex);
  expect(seen).not.toContain('never');
  await shutDown(Cache);
  expect(seen.slice(-2)).toEqual(['stop', 'close Cache false']);
});

it('names a method that fails and exits with 1', async () => {
  const [exits, lines] = await shutDown(Broken);
  expect(exits).toEqual([1]);
  expect(lines).toContain('close-databases: ledger failed');
});

it('warns at boot about a method that it cannot run', async () => {
  const [, lines] = await shutDown(PerRequest);
  expect(seen).toEqual([]);
  expect(lines).toContainEqual(expect.stringMatching(/^@OnDrain of PerRequest.end does nothing/));
});

it('refuses a phase that does not exist', () => {
  const decorate = OnDrain({ phase: 'later' as DrainPhase });
  expect(() => decorate(Cache.prototype, 'stop', { value: () => undefined })).toThrow(
    "@OnDrain of Cache.stop: phase: got 'later'; use one of stop-intake, drain, close-queues,",
  );
});
