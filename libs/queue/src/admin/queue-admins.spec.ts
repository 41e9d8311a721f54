import { RedisServer } from '@loyalnest/testing';
import { DeadLetterFixture } from '@loyalnest/testing/dead-letters';
import { NestFactory } from '@nestjs/core';
import { adminApp } from '../../test/admin-app.js';
import { DeadLetterService, RedriveTasks } from '../index.js';
import { QueueAdmins } from './queue-admins.js';

it('uses the redrive engine and the dead letters of the application', async () => {
  const redis = await RedisServer.start();
  const fixture = new DeadLetterFixture(redis);
  const app = await NestFactory.create(adminApp(redis, fixture), { logger: false });
  await app.init();
  const admin = app.get(QueueAdmins, { strict: false }).of('points');
  expect(admin.redrives).toBe(app.get(RedriveTasks, { strict: false }).of('points'));
  expect(admin.letters).toBe(app.get(DeadLetterService, { strict: false }).of('points'));
  await app.close();
  await fixture.close();
  await redis.stop();
});
