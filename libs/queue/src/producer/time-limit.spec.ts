import { runInContext } from '@loyalnest/core';
import { eventually, RedisServer, TcpProxy } from '@loyalnest/testing';
import { ContractApps } from '../../test/contract-apps.js';
import { failsFast } from '../../test/fails-fast.js';
import { Award } from '../../test/points-app.js';
import { JobProducer } from './job-producer.js';

it('one time limit covers planOf and Redis together', async () => {
  const redis = await RedisServer.start();
  const proxy = await TcpProxy.start({ target: redis });
  const apps = new ContractApps({ url: proxy.through(redis.url) });
  const app = await apps.create({
    producerTimeout: '600ms',
    throttling: {
      plans: { basic: { limit: 1, per: '1s' } },
      planOf: () => new Promise<string>(() => {}),
    },
  });
  const context = { correlationId: 'order-7', merchantId: 'acme' };
  await eventually(() =>
    runInContext(context, () => app.get(JobProducer).enqueue(Award, { points: 1 })),
  );
  await proxy.blackHole();
  await runInContext(context, () => failsFast(app, 750));
  await proxy.heal();
  await apps.closeAll();
  await proxy.stop();
  await redis.stop();
});

it('one time limit covers all commands of an enqueue together', async () => {
  const redis = await RedisServer.start();
  const proxy = await TcpProxy.start({ target: redis });
  const apps = new ContractApps({ url: proxy.through(redis.url) });
  const app = await apps.create({ producerTimeout: '600ms' });
  const context = { correlationId: 'order-7', merchantId: 'acme' };
  const enqueue = () => app.get(JobProducer).enqueue(Award, { points: 1 });
  await eventually(() => runInContext(context, enqueue));
  await proxy.latency(400);
  const { cause } = await runInContext(context, () => failsFast(app, 750));
  expect(cause).toMatchObject({ message: 'no answer within 600 ms' });
  await proxy.heal();
  await apps.closeAll();
  await proxy.stop();
  await redis.stop();
});
