import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { eventually } from '../eventually/eventually.js';
import { PostgresServer } from './postgres-server.js';

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('PostgresServer', () => {
  let postgres: PostgresServer;

  afterEach(() => postgres.stop());

  it('creates a database whose owner can use it with the returned url', async () => {
    postgres = await PostgresServer.start({ durable: false });
    const points = await postgres.createDatabase('points', { owner: 'points', password: 'p@ss/w' });
    await query(points, 'create table ledger (id int)');
    expect(await query(points, 'select current_user, current_database()')).toEqual([
      { current_user: 'points', current_database: 'points' },
    ]);
    await expect(query(points.replace('p%40ss%2Fw', 'other'), 'select 1')).rejects.toThrow(
      'password authentication failed',
    );
  });

  it('keeps committed rows and the port across a kill', async () => {
    postgres = await PostgresServer.start({ durable: false });
    const { port } = postgres;
    const url = await postgres.createDatabase('points', { owner: 'points' });
    await query(url, 'create table ledger as select 7 as points');
    await postgres.kill();
    await expect(query(url, 'select 1')).rejects.toThrow('ECONNREFUSED');
    await postgres.restart();
    expect(postgres.port).toBe(port);
    expect(await query(url, 'select points from ledger')).toEqual([{ points: 7 }]);
  });

  it('leaves no shared memory behind after a kill', async () => {
    const segments = (): string => spawnSync('ipcs', ['-m'], { encoding: 'utf8' }).stdout;
    postgres = await PostgresServer.start({ durable: false });
    const pid = readFileSync(join(postgres.dataDir, 'postmaster.pid'), 'utf8');
    const id = pid.split('\n')[6]!.trim().split(/\s+/)[1]!;
    expect(segments()).toMatch(new RegExp(`^\\S+ +${id} `, 'm'));
    await postgres.kill();
    expect(segments()).not.toMatch(new RegExp(`^\\S+ +${id} `, 'm'));
  });

  it('freezes open sessions while it is paused', async () => {
    postgres = await PostgresServer.start({ durable: false });
    const client = new Client({ connectionString: postgres.url() });
    await client.connect();
    postgres.pause();
    let answered = false;
    const answer = client.query('select 1').then(() => (answered = true));
    await expect(eventually(() => answered, { within: '100ms' })).rejects.toThrow('100 ms');
    postgres.resume();
    await answer;
    await client.end();
  });

  it('stops within seconds while it is paused with open sessions', async () => {
    postgres = await PostgresServer.start({ durable: false });
    const client = new Client({ connectionString: postgres.url() });
    client.on('error', () => undefined);
    await client.connect();
    const { pid } = postgres;
    postgres.pause();
    await postgres.stop();
    expect(() => process.kill(pid!, 0)).toThrow('ESRCH');
  });

  it('syncs to disk by default', async () => {
    postgres = await PostgresServer.start();
    expect(await query(postgres.url(), 'show fsync')).toEqual([{ fsync: 'on' }]);
  });
});
