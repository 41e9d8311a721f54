import { CorrelationModule } from '@loyalnest/correlation';
import { ProblemDetailsModule, ValidationModule } from '@loyalnest/http';
import { PLATFORMS, type RunningApp } from '@loyalnest/testing';
import { Module, UseGuards, type LoggerService } from '@nestjs/common';
import { Args, Field, GraphQLModule, InputType, Int, Query, Resolver } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { IsInt, Min } from 'class-validator';
import { ANSWERS, fail, RefusingGuard, SECRET } from './failing-handlers.js';

@InputType()
class PurchaseInput {
  @Field(() => Int)
  @IsInt()
  @Min(1)
  points!: number;
}

@Resolver()
class Resolvers {
  @Query(() => String)
  async fail(@Args('kind', { type: () => String }) kind: string): Promise<string> {
    return fail(kind);
  }

  @UseGuards(RefusingGuard)
  @Query(() => String)
  guarded(): string {
    return 'secret';
  }

  @Query(() => Int)
  buy(@Args('purchase', { type: () => PurchaseInput }) purchase: PurchaseInput): number {
    return purchase.points;
  }
}

class Log implements LoggerService {
  readonly errors: string[] = [];
  log(): void {}
  warn(): void {}
  error(...parts: unknown[]): void {
    this.errors.push(parts.join(' '));
  }
}

@Module({
  imports: [
    CorrelationModule.forRoot({}),
    ProblemDetailsModule.forRoot({}),
    ValidationModule,
    GraphQLModule.forRoot<MercuriusDriverConfig>({
      driver: MercuriusDriver,
      autoSchemaFile: true,
      // Its cache is an ESM import, which Jest cannot load.
      cache: false,
    }),
  ],
  providers: [Resolvers],
})
class App {}

let running: RunningApp;
const log = new Log();
beforeAll(async () => {
  const fastify = PLATFORMS.find(({ name }) => name === 'fastify')!;
  running = await fastify.create(App, { nest: { logger: log } });
});
afterAll(() => running.close());
beforeEach(() => void log.errors.splice(0));

interface Answer {
  readonly data: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: Readonly<Record<string, unknown>>;
  }[];
}

async function ask(query: string, variables: object = {}): Promise<Answer> {
  const response = await fetch(`${running.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-correlation-id': 'order-7' },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  expect(text).not.toMatch(SECRET);
  return JSON.parse(text) as Answer;
}

it('formats every error with a safe message', async () => {
  for (const [kind, answer] of Object.entries(ANSWERS)) {
    const { message, ...extensions } = answer as { message: string };
    const { errors } = await ask('query ($kind: String!) { fail(kind: $kind) }', { kind });
    expect(errors).toMatchObject([
      { message, extensions: { ...extensions, correlationId: 'order-7' } },
    ]);
  }
  expect(log.errors).toHaveLength(2);
  expect(log.errors[0]).toContain('GraphQL Query.fail failed (correlation id order-7)');
});

it('answers a guard that refuses, and arguments that break the rules', async () => {
  expect((await ask('{ guarded }')).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  expect((await ask('{ buy(purchase: { points: 0 }) }')).errors).toMatchObject([
    { extensions: { code: 'VALIDATION_FAILED', errors: [{ path: 'points' }] } },
  ]);
  expect(await ask('{ buy(purchase: { points: 5 }) }')).toEqual({ data: { buy: 5 } });
  expect(log.errors).toEqual([]);
});
