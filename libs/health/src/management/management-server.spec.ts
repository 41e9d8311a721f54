import { DRAIN, ON_SHUTDOWN, type HealthObservation } from '@loyalnest/core';
import { eventually, forEachPlatform, freePort } from '@loyalnest/testing';
import { Logger, type INestApplication } from '@nestjs/common';
import type { Server } from 'node:http';
import { Dependency } from '../../test/health-app.js';
import { startHealth, type RunningHealth } from '../../test/running-health.js';
import { HealthSampler } from '../index.js';
import { ManagementServer } from './management-server.js';

const HOST = '127.0.0.1';

forEachPlatform((platform) => {
  let running: RunningHealth;
  let postgres: Dependency;
  let warn: jest.SpyInstance;

  const start = async (port = 0): Promise<void> => {
    warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    postgres = new Dependency({ name: 'postgres', critical: true });
    const providers = [{ provide: 'postgres', useValue: postgres }];
    running = await startHealth(platform, { port, host: HOST }, { providers });
  };
  const server = (app: INestApplication = running.app) => app.get(ManagementServer);
  const address = () => `http://${HOST}:${server().port}`;
  const status = async (path: string, init?: RequestInit) =>
    (await fetch(address() + path, init)).status;

  afterEach(async () => {
    await running.close();
    jest.restoreAllMocks();
  });

  it('serves the health pages like the main port, and nothing else', async () => {
    await start();
    for (const path of ['', '/live', '/ready', '/startup', '/database', '/modules']) {
      const [own, main] = [address(), running.url].map((url) => fetch(`${url}/health${path}`));
      expect((await own!).status).toBe(200);
      expect(await (await own!).json()).toEqual(await (await main!).json());
      expect((await own!).headers.get('cache-control')).toBe('no-store');
    }
    expect(await status('/health/nothing')).toBe(404);
    expect(await status('/')).toBe(404);
    expect(await status('/healthy')).toBe(404);
    expect(await status('/health/ready?verbose=1')).toBe(200);
    expect(await status('/health/ready', { method: 'HEAD' })).toBe(200);
    expect(await status('/health/ready', { method: 'POST' })).toBe(405);
  });

  it('answers 503 and application/health+json like the main port', async () => {
    await start();
    const down: HealthObservation = { status: 'down' };
    postgres.observe = () => down;
    await running.nextSample();
    const headers = { accept: 'application/health+json' };
    const response = await fetch(`${address()}/health/ready`, { headers });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(response.headers.get('content-type')).toBe('application/health+json');
    expect(await response.json()).toEqual({ status: 'fail', notes: ['error'] });
  });

  it('warns at boot that probes of it do not test the main port', async () => {
    await start();
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/probes to the main port/));
  });

  it('is unready while the main server does not listen', async () => {
    await start();
    const main = running.app.getHttpServer() as Server;
    expect(await status('/health/ready')).toBe(200);
    main.close();
    main.closeAllConnections();
    await eventually(async () => expect(await status('/health/ready')).toBe(503));
    expect(running.app.get(HealthSampler).isReady).toBe(true);
    expect(await status('/health/live')).toBe(200);
    await new Promise<void>((listening) => main.listen(0, HOST, listening));
  });

  it('is closed after everything else', async () => {
    await start();
    server()[ON_SHUTDOWN]();
    running.app.get(HealthSampler)[ON_SHUTDOWN]();
    const url = address();
    await running.close();
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect((await fetch(`${url}/health/ready`)).status).toBe(503);
    const [step] = server()[DRAIN]();
    expect(step!.phase).toBe('flush');
    await step!.run(new AbortController().signal);
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
  });

  it('is closed with the application if there is no graceful shutdown', async () => {
    await start();
    const url = address();
    await running.close();
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
  });

  it('refuses a port that is taken', async () => {
    await start(await freePort());
    const taken = server().port!;
    const second = startHealth(platform, { port: taken, host: HOST });
    await expect(second).rejects.toThrow(
      `HealthModule.port: got ${taken}; use a port that is free`,
    );
  });
});
