import { runInContext } from '@loyalnest/core';
import { ProblemDetailsModule } from '@loyalnest/http';
import { FakeClock, forEachPlatform, PLATFORMS, type Platform } from '@loyalnest/testing';
import {
  Controller,
  ForbiddenException,
  Get,
  Injectable,
  Logger,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { SkipThrottle, Throttle } from '@nestjs/throttler';
import {
  OrdersController,
  CustomersController,
  shopApp as createShop,
  statuses,
} from '../test/shop-app.js';
import {
  ApplyLimits,
  RequestThrottledError,
  requestCounted,
  ThrottlingGuard,
  type RequestCounted,
  type ThrottlingModuleOptions,
} from './index.js';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  jest.restoreAllMocks();
});

async function shop(
  platform: Platform,
  options: Partial<ThrottlingModuleOptions>,
  metadata: Parameters<typeof createShop>[2] = {},
): Promise<string> {
  const defaults = { clock: new FakeClock(), limits: [ip(2)] };
  const { url, close } = await createShop(platform, { ...defaults, ...options }, metadata);
  closers.push(close);
  return url;
}

const ip = (limit: number) => ({ name: 'ip', by: 'ip', limit, per: '1m' }) as const;
const merchant = (limit: number) =>
  ({ name: 'merchant', by: 'merchant', limit, per: '1m' }) as const;
const byHeader: Pick<ThrottlingModuleOptions, 'merchant'> = {
  merchant: ({ headers }) => headers['x-merchant-id'] as string | undefined,
};
const of = (id: string) => ({ 'x-merchant-id': id });

forEachPlatform((platform) => {
  it('counts the requests of an address over all routes', async () => {
    const url = await shop(platform, {});
    expect(await statuses(`${url}/orders`, 1)).toEqual([200]);
    expect(await statuses(`${url}/customers`, 2)).toEqual([200, 429]);
    expect(await statuses(`${url}/orders`, 1)).toEqual([429]);
  });

  it('allows the next request after per / limit', async () => {
    const clock = new FakeClock();
    const url = await shop(platform, { clock });
    expect(await statuses(`${url}/orders`, 3)).toEqual([200, 200, 429]);
    await clock.advance(29_999);
    expect(await statuses(`${url}/orders`, 1)).toEqual([429]);
    await clock.advance(1);
    expect(await statuses(`${url}/orders`, 2)).toEqual([200, 429]);
  });

  it('sets the RateLimit fields on every answer, and Retry-After on a refusal', async () => {
    const url = await shop(platform, { limits: [ip(2), merchant(100)], ...byHeader });
    const first = await fetch(`${url}/orders`, { headers: of('shop') });
    expect(first.headers.get('ratelimit-policy')).toBe('"ip";q=2;w=60, "merchant";q=100;w=60');
    expect(first.headers.get('ratelimit')).toBe('"ip";r=1;t=30, "merchant";r=99;t=1');
    expect(first.headers.get('retry-after')).toBeNull();
    await fetch(`${url}/orders`, { headers: of('shop') });
    const refused = await fetch(`${url}/orders`, { headers: of('shop') });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('ratelimit')).toBe('"ip";r=0;t=60, "merchant";r=98;t=2');
    expect(refused.headers.get('retry-after')).toBe('30');
    expect([...refused.headers.keys()].filter((name) => name.startsWith('x-rate'))).toEqual([]);
  });

  it('omits the RateLimit fields with headers: false, but not Retry-After', async () => {
    const url = await shop(platform, { headers: false });
    await statuses(`${url}/orders`, 2);
    const { headers } = await fetch(`${url}/orders`);
    expect(headers.get('ratelimit')).toBeNull();
    expect(headers.get('retry-after')).toBe('30');
  });

  it('rounds Retry-After up to whole seconds', async () => {
    const url = await shop(platform, {
      limits: [{ name: 'ip', by: 'ip', limit: 1, per: '1200ms' }],
    });
    await statuses(`${url}/orders`, 1);
    expect((await fetch(`${url}/orders`)).headers.get('retry-after')).toBe('2');
  });

  it('answers 429 in an application with Nest alone', async () => {
    const url = await shop(platform, {});
    await statuses(`${url}/orders`, 2);
    const response = await fetch(`${url}/orders`);
    expect(await response.json()).toEqual({
      statusCode: 429,
      message: 'too many requests for the limit ip; try again in 30000 ms',
    });
  });

  it('answers with problem details if @loyalnest/http is imported', async () => {
    const url = await shop(platform, {}, { imports: [ProblemDetailsModule.forRoot({})] });
    await statuses(`${url}/orders`, 2);
    const response = await fetch(`${url}/orders`);
    expect(response.headers.get('content-type')).toMatch('application/problem+json');
    expect(response.headers.get('retry-after')).toBe('30');
    expect(response.headers.get('ratelimit')).toBe('"ip";r=0;t=60');
    expect(await response.json()).toMatchObject({ status: 429, code: 'REQUEST_THROTTLED' });
  });

  it('counts a refused request towards none of its limits', async () => {
    const url = await shop(platform, { limits: [ip(5), merchant(2)], ...byHeader });
    expect(await statuses(`${url}/orders`, 6, of('noisy'))).toEqual([200, 200, 429, 429, 429, 429]);
    expect(await statuses(`${url}/orders`, 4, of('quiet'))).toEqual([200, 200, 429, 429]);
    // The address had three requests left, and `quiet` used two of them.
    expect(await statuses(`${url}/orders`, 2)).toEqual([200, 429]);
  });

  it('counts no limit by merchant for a request without a merchant', async () => {
    const url = await shop(platform, { limits: [merchant(1)], ...byHeader });
    expect(await statuses(`${url}/orders`, 3)).toEqual([200, 200, 200]);
    expect(await statuses(`${url}/orders`, 2, of('shop'))).toEqual([200, 429]);
    expect(await statuses(`${url}/orders`, 1, of('other'))).toEqual([200]);
    expect((await fetch(`${url}/orders`)).headers.get('ratelimit')).toBeNull();
  });

  it('limits merchants by their plan', async () => {
    const url = await shop(platform, {
      ...byHeader,
      limits: [
        {
          name: 'merchant',
          by: 'merchant',
          plans: { free: { limit: 1, per: '1m' }, pro: { limit: 3, per: '1m' } },
          planOf: async (id) => (id.startsWith('big') ? 'pro' : 'free'),
        },
      ],
    });
    expect(await statuses(`${url}/orders`, 2, of('small'))).toEqual([200, 429]);
    expect(await statuses(`${url}/orders`, 4, of('big'))).toEqual([200, 200, 200, 429]);
  });

  it('distinguishes clients behind a trusted proxy, and trusts no other header', async () => {
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const behind = await shop(platform, { limits: [ip(1)], trustProxy: 1 });
    expect(await statuses(`${behind}/orders`, 2, from('9.9.9.9, 203.0.113.1'))).toEqual([200, 429]);
    expect(await statuses(`${behind}/orders`, 1, from('9.9.9.9, 203.0.113.2'))).toEqual([200]);
    const direct = await shop(platform, { limits: [ip(1)], trustProxy: false });
    expect(await statuses(`${direct}/orders`, 1, from('203.0.113.1'))).toEqual([200]);
    expect(await statuses(`${direct}/orders`, 1, from('203.0.113.2'))).toEqual([429]);
  });

  it('obeys @SkipThrottle with and without names', async () => {
    @SkipThrottle()
    @Controller('probe')
    class ProbeController {
      @Get()
      probe(): string {
        return 'ok';
      }

      @SkipThrottle({ default: false })
      @Get('counted')
      counted(): string {
        return 'ok';
      }

      @SkipThrottle({ ip: true, merchant: false })
      @Get('by-merchant')
      byMerchant(): string {
        return 'ok';
      }
    }
    const controllers = [OrdersController, ProbeController];
    const options = { limits: [ip(2), merchant(1)], ...byHeader };
    const url = await shop(platform, options, { controllers });
    expect(await statuses(`${url}/probe`, 4, of('shop'))).toEqual([200, 200, 200, 200]);
    expect(await statuses(`${url}/probe/by-merchant`, 2, of('shop'))).toEqual([200, 429]);
    expect(await statuses(`${url}/probe/counted`, 3)).toEqual([200, 200, 429]);
    expect(await statuses(`${url}/orders`, 1)).toEqual([429]);
  });

  it('gives a route with @Throttle its own limit, and a controller one limit for all of its routes', async () => {
    @Controller()
    class SignInController {
      @Throttle({ ip: { limit: 1, ttl: 60_000 } })
      @Get('sign-in')
      signIn(): string {
        return 'ok';
      }

      @Throttle({ ip: { limit: () => 3, ttl: async () => 60_000 } })
      @Get('dynamic')
      dynamic(): string {
        return 'ok';
      }

      @Throttle({ ip: { limit: 1, ttl: 60_000, getTracker: ({ headers }) => headers['x-user'] } })
      @Get('by-user')
      byUser(): string {
        return 'ok';
      }
    }
    @Throttle({ ip: { limit: 3, ttl: 60_000 } })
    @Controller('reports')
    class ReportsController {
      @Get('a')
      a(): string {
        return 'a';
      }

      @Get('b')
      b(): string {
        return 'b';
      }
    }
    const controllers = [OrdersController, SignInController, ReportsController];
    const url = await shop(platform, {}, { controllers });
    expect(await statuses(`${url}/sign-in`, 2)).toEqual([200, 429]);
    expect(await statuses(`${url}/dynamic`, 4)).toEqual([200, 200, 200, 429]);
    expect(await statuses(`${url}/by-user`, 2, { 'x-user': 'ada' })).toEqual([200, 429]);
    expect(await statuses(`${url}/by-user`, 1, { 'x-user': 'bob' })).toEqual([200]);
    expect(await statuses(`${url}/reports/a`, 2)).toEqual([200, 200]);
    expect(await statuses(`${url}/reports/b`, 2)).toEqual([200, 429]);
    expect(await statuses(`${url}/orders`, 3)).toEqual([200, 200, 429]);
  });

  it('counts a limit with everywhere: false only on routes with @ApplyLimits', async () => {
    @Controller()
    class AccountController {
      @ApplyLimits('sign-in')
      @Get('sign-in')
      signIn(): string {
        return 'ok';
      }

      @ApplyLimits('sign-in')
      @Get('reset')
      reset(): string {
        return 'ok';
      }
    }
    const controllers = [OrdersController, AccountController];
    const signIn = { name: 'sign-in', by: 'ip', limit: 2, per: '1m', everywhere: false } as const;
    const url = await shop(platform, { limits: [ip(50), signIn] }, { controllers });
    expect(await statuses(`${url}/orders`, 3)).toEqual([200, 200, 200]);
    expect(await statuses(`${url}/sign-in`, 1)).toEqual([200]);
    expect(await statuses(`${url}/reset`, 2)).toEqual([200, 429]);
    expect((await fetch(`${url}/orders`)).headers.get('ratelimit-policy')).toBe('"ip";q=50;w=60');
  });

  describe('a verified limit', () => {
    @Injectable()
    class SignatureGuard implements CanActivate {
      canActivate(context: ExecutionContext): boolean {
        const { headers } = context.switchToHttp().getRequest<Request & { headers: object }>();
        if (!('x-signature' in headers)) throw new ForbiddenException();
        return true;
      }
    }
    @UseGuards(SignatureGuard)
    @Controller('webhooks')
    class WebhooksController {
      @Get()
      receive(): string {
        return 'ok';
      }
    }
    const verified = { ...merchant(2), verified: true };
    const metadata = { controllers: [WebhooksController] };

    it('does not count requests that a guard refuses', async () => {
      const url = await shop(platform, { limits: [ip(50), verified], ...byHeader }, metadata);
      expect(await statuses(`${url}/webhooks`, 5, of('shop'))).toEqual(Array(5).fill(403));
      const signed = { ...of('shop'), 'x-signature': 'true' };
      expect(await statuses(`${url}/webhooks`, 3, signed)).toEqual([200, 200, 429]);
    });

    it('is added to the RateLimit fields of the earlier limits', async () => {
      const url = await shop(platform, { limits: [ip(50), verified], ...byHeader }, metadata);
      const headers = { ...of('shop'), 'x-signature': 'true' };
      const response = await fetch(`${url}/webhooks`, { headers });
      expect(response.headers.get('ratelimit')).toBe('"ip";r=49;t=2, "merchant";r=1;t=30');
    });
  });

  it('does not count requests that the option skip selects', async () => {
    const url = await shop(platform, {
      skip: (context) => context.switchToHttp().getRequest<{ url: string }>().url === '/orders',
    });
    expect(await statuses(`${url}/orders`, 3)).toEqual([200, 200, 200]);
    expect(await statuses(`${url}/customers`, 3)).toEqual([200, 200, 429]);
  });

  it('publishes an event for every counted request, without naming the client', async () => {
    const events: RequestCounted[] = [];
    closers.push(async () => stop());
    const stop = requestCounted.subscribe((event) => events.push(event));
    const url = await shop(platform, { limits: [ip(1), merchant(5)], ...byHeader });
    await statuses(`${url}/orders`, 2, of('shop'));
    const limits = ['ip', 'merchant'];
    const app = expect.any(String);
    expect(events).toEqual([
      { app, limits, refusedBy: [], fallback: false },
      { app, limits, refusedBy: ['ip'], fallback: false },
    ]);
  });
});

const [platform] = PLATFORMS as readonly [Platform];

it('uses the merchant of the request context by default', async () => {
  @Injectable()
  class ContextGuard extends ThrottlingGuard {
    override canActivate(context: ExecutionContext): Promise<boolean> {
      const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
      const merchantId = headers['x-merchant-id']!;
      return runInContext({ correlationId: 'c', merchantId }, () => super.canActivate(context));
    }
  }
  @UseGuards(ContextGuard)
  @Controller('bound')
  class BoundController {
    @Get()
    get(): string {
      return 'ok';
    }
  }
  const url = await shop(platform, { limits: [merchant(1)] }, { controllers: [BoundController] });
  expect(await statuses(`${url}/bound`, 2, of('a'))).toEqual([200, 429]);
  expect(await statuses(`${url}/bound`, 1, of('b'))).toEqual([200]);
});

it('allows everything that is not an HTTP request', async () => {
  const { app, close } = await createShop(platform, { limits: [ip(1)], clock: new FakeClock() });
  closers.push(close);
  const context = { getType: () => 'rpc' } as unknown as ExecutionContext;
  for (let i = 0; i < 3; i++) {
    expect(await app.get(ThrottlingGuard).canActivate(context)).toBe(true);
  }
});

it("passes an error without a stack to the application's filters", async () => {
  const seen: unknown[] = [];
  const filter = {
    catch: (error: unknown, host: ExecutionContext) => {
      seen.push(error);
      host
        .switchToHttp()
        .getResponse<{ status(code: number): { end(): void } }>()
        .status(429)
        .end();
    },
  };
  const providers = [{ provide: APP_FILTER, useValue: filter }];
  const url = await shop(platform, {}, { providers });
  await statuses(`${url}/orders`, 3);
  expect(seen).toHaveLength(1);
  const [error] = seen as [RequestThrottledError];
  expect(error).toBeInstanceOf(RequestThrottledError);
  expect(error).toMatchObject({ limit: 'ip', category: 'rate-limited', retryAfterMs: 30_000 });
  expect(error.stack).not.toContain('\n    at ');
});

it('has the hooks of ThrottlerGuard', async () => {
  @Injectable()
  class OwnGuard extends ThrottlingGuard {
    protected override async getTracker(): Promise<string> {
      return 'everybody';
    }

    protected override async throwThrottlingException(): Promise<void> {
      throw new ForbiddenException('slow down');
    }
  }
  @UseGuards(OwnGuard)
  @Controller('own')
  class OwnController {
    @Get()
    get(): string {
      return 'ok';
    }
  }
  const options = { limits: [ip(2)], trustProxy: 1 };
  const url = await shop(platform, options, { controllers: [OwnController] });
  const answers: number[] = [];
  for (const address of ['203.0.113.1', '203.0.113.2', '203.0.113.3']) {
    answers.push(...(await statuses(`${url}/own`, 1, { 'x-forwarded-for': address })));
  }
  expect(answers).toEqual([200, 200, 403]);
});

describe('the boot', () => {
  const boot = (controller: new () => object, limits = [ip(2)]): Promise<unknown> =>
    shop(platform, { limits }, { controllers: [controller] });

  it('fails for @Throttle and @ApplyLimits with an unknown limit', async () => {
    class A {
      @Throttle({ default: { limit: 1, ttl: 1_000 } })
      @Get()
      get(): void {}
    }
    Controller()(A);
    await expect(boot(A)).rejects.toThrow(
      "limits of A.get: got 'default'; name one of throttling.limits: ip",
    );
    class B {}
    ApplyLimits('sign-in')(B);
    Controller()(B);
    await expect(boot(B)).rejects.toThrow(
      "limits of B: got 'sign-in'; name one of throttling.limits: ip",
    );
  });

  it('fails for @Throttle with an invalid rate', async () => {
    class C {
      @Throttle({ ip: { limit: Number.NaN, ttl: 1_000 } })
      @Get()
      get(): void {}
    }
    Controller()(C);
    await expect(boot(C)).rejects.toThrow('@Throttle of C.get: ip.limit: got NaN;');
  });

  it('warns that blockDuration has no effect', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    class D {
      @Throttle({ ip: { limit: 1, ttl: 1_000, blockDuration: 60_000 } })
      @Get()
      get(): void {}
    }
    Controller()(D);
    await boot(D);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('D.get: ip.blockDuration has no'));
  });

  it('fails when the module is imported twice', async () => {
    const { ThrottlingModule } = await import('./index.js');
    const again = ThrottlingModule.forRoot({ limits: [ip(1)] });
    const imports = [{ ...again, global: false, providers: [...(again.providers ?? [])] }];
    await expect(
      shop(platform, {}, { imports, controllers: [CustomersController] }),
    ).rejects.toThrow('ThrottlingModule.forRoot: got 2; import it once');
  });
});
