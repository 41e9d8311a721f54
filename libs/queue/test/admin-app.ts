import { AdminAccess, AdminAccessError, type AdminRole } from '@loyalnest/core';
import { includesRole } from '@loyalnest/core/toolkit';
import { Module, type DynamicModule } from '@nestjs/common';
import type { RedisServer } from '@loyalnest/testing';
import { QueueAdminModule } from '../src/admin/index.js';
import { queue, QueueModule } from '../src/index.js';
import type { DeadLetterFixture } from '@loyalnest/testing/dead-letters';

/** Takes name and role from the authorization header: `ada:operate`. */
class TestAccess extends AdminAccess {
  async authorize(
    { headers }: { headers: Readonly<Record<string, string | string[] | undefined>> },
    wanted: AdminRole,
  ) {
    const [name, role] = String(headers['authorization'] ?? '').split(':');
    if (!name || !role) throw new AdminAccessError('unauthenticated', wanted);
    if (!includesRole(role as AdminRole, wanted)) throw new AdminAccessError('forbidden', wanted);
    return { name, role: role as AdminRole };
  }
}

@Module({ providers: [{ provide: AdminAccess, useClass: TestAccess }], exports: [AdminAccess] })
class AccessModule {}

@Module({})
class App {}

/** A service with the admin API for the queue of a fixture and a second queue. It has no handlers. */
export function adminApp(
  redis: Pick<RedisServer, 'url'>,
  { prefix }: DeadLetterFixture,
): DynamicModule {
  return {
    module: App,
    imports: [
      // The default is too short for a machine that is busy with other specs.
      QueueModule.forRoot({ url: redis.url, prefix, producerTimeout: '5s' }),
      QueueModule.forFeature(queue('points'), queue('mail')),
      QueueAdminModule.register({ imports: [AccessModule] }),
    ],
  };
}

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
  readonly headers: Headers;
}

/** Returns a function that sends requests to the admin API as `who`. */
export function asker(url: string) {
  return async <Body = Record<string, unknown>>(
    who: string,
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
  ): Promise<Answer<Body>> => {
    const answer = await fetch(`${url}/admin${path}`, {
      method,
      headers: {
        ...(who && { authorization: who }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Body };
  };
}
