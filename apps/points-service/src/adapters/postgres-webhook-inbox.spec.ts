import type { Outbox } from '@loyalnest/outbox';
import { Database, type Transaction } from '@loyalnest/service-defaults';
import { PostgresServer } from '@loyalnest/testing';
import { sql } from 'drizzle-orm';
import { join } from 'node:path';
import type { Webhook } from '../use-cases/webhook-inbox.js';
import { PostgresWebhookInbox } from './postgres-webhook-inbox.js';

let postgres: PostgresServer;
let database: Database;
let inbox: PostgresWebhookInbox;

beforeAll(async () => {
  postgres = await PostgresServer.start({ durable: false });
  const url = await postgres.createDatabase('points');
  database = new Database({ url, migrations: join(__dirname, 'migrations') });
  await database.onModuleInit();
  // These webhooks have no event to publish.
  inbox = new PostgresWebhookInbox(database, {} as Outbox<Transaction>);
}, 60_000);
afterAll(async () => {
  await database?.onApplicationShutdown();
  await postgres?.stop();
});

const webhook = (webhookId: string, body: Uint8Array): Webhook => ({
  webhookId,
  topic: 'orders/paid',
  shop: 'demo.myshopify.com',
  triggeredAt: '0001-01-01T00:00:00.000Z',
  body,
});

it.each([
  ['invalid UTF-8', Buffer.from([0xc3, 0x28, 0x00, 0xff])],
  ['nothing', Buffer.alloc(0)],
  ['5 MB', Buffer.alloc(5_242_880, 0xfe)],
])('stores %s byte for byte, with the reason', async (what, body) => {
  const problems = [{ field: 'a["\\u0000"]', message: 'must be UTF-8' }];
  const verdict = { status: 'set-aside', reason: 'encoding', problems } as const;
  const stored = await inbox.record(webhook(what, body), verdict);
  expect(stored).toEqual({ isNew: true, verdict });
  const { rows } = await database.query((orm) =>
    orm.execute(sql`select payload, verdict from webhooks where webhook_id = ${what}`),
  );
  expect(rows).toHaveLength(1);
  expect(body.equals(rows[0]!['payload'] as Buffer)).toBe(true);
  expect(rows[0]!['verdict']).toEqual(verdict);
});

it('answers a repeated webhook with the verdict of the first', async () => {
  const verdict = { status: 'ignored', reason: 'no-customer' } as const;
  await inbox.record(webhook('twice', Buffer.from('{}')), verdict);
  const repeated = await inbox.record(webhook('twice', Buffer.from('x')), { status: 'accepted' });
  expect(repeated).toEqual({ isNew: false, verdict });
});

it('shares its table with the previous version, which stores text', async () => {
  const insert = (id: string, columns: string, values: string) =>
    database.query((orm) =>
      orm.execute(
        sql.raw(
          `insert into webhooks (shop, webhook_id, topic, verdict, ${columns})
           values ('demo.myshopify.com', '${id}', 'orders/paid', '{"status":"rejected","problems":[]}', ${values})`,
        ),
      ),
    );
  await insert('old', 'body', "'{}'");
  const repeated = await inbox.record(webhook('old', Buffer.from('{}')), { status: 'accepted' });
  expect(repeated).toEqual({ isNew: false, verdict: { status: 'rejected', problems: [] } });
  // A row without content, or with two, is a mistake of ours.
  await expect(insert('none', 'body', 'null')).rejects.toThrow('webhooks_has_content');
  await expect(insert('both', 'body, payload', "'{}', '{}'")).rejects.toThrow(
    'webhooks_has_content',
  );
});
