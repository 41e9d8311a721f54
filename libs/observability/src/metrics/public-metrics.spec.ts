import { AdminAccess } from '@loyalnest/core';
import { Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MetricsModule } from '../index.js';

const before = process.env['NODE_ENV'];
afterEach(() => {
  process.env['NODE_ENV'] = before;
  jest.restoreAllMocks();
});

@Module({
  providers: [{ provide: AdminAccess, useValue: { authorize: async () => undefined } }],
  exports: [AdminAccess],
})
class AccessModule {}

async function warningsOf(nodeEnv: string, options: object): Promise<readonly unknown[]> {
  process.env['NODE_ENV'] = nodeEnv;
  const metrics = MetricsModule.forRootAsync({
    imports: [AccessModule],
    useFactory: () => ({ service: 'shop', ...options }),
    ...options,
  });
  @Module({ imports: [metrics] })
  class App {}
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
  const app = await NestFactory.create(App, { logger: false });
  await app.init();
  await app.close();
  return warn.mock.calls.flat();
}

it('warns at boot that everybody can read the metrics in production, with the remedy', async () => {
  expect(await warningsOf('production', {})).toEqual([
    'every caller of the application can read /metrics; set MetricsModule.port to serve it on another port, or MetricsModule.guard to require the role view',
  ]);
});

it.each([
  ['on a port of its own', 'production', { port: 0 }],
  ['for administrators only', 'production', { guard: true }],
  ['in development', 'development', {}],
])('says nothing about metrics %s', async (_where, nodeEnv, options) => {
  expect(await warningsOf(nodeEnv, options)).toEqual([]);
});
