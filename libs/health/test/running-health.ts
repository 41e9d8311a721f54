import { eventually, FakeClock, type Platform, type RunningApp } from '@loyalnest/testing';
import type { DynamicModule, Type } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { HealthSampler } from '../src/health-sampler.js';
import { HealthModule } from '../src/health.module.js';
import type { HealthModuleOptions } from '../src/health.options.js';

export interface Probed {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

/** A running application that has only the health module and what a spec adds. */
export interface RunningHealth extends RunningApp {
  readonly clock: FakeClock;
  probe(path: string, headers?: Record<string, string>): Promise<Probed>;
  /** Advances the clock by one interval and waits for the next sample. */
  nextSample(): Promise<void>;
}

type Parts = Pick<DynamicModule, 'imports' | 'providers' | 'controllers'>;

/** Starts an application and waits for its first sample. */
export async function startHealth(
  platform: Platform,
  options: HealthModuleOptions,
  parts: Parts = {},
): Promise<RunningHealth> {
  const clock = new FakeClock();
  const app = await platform.create(
    healthApp({ clock, memory: false, eventLoop: false, failures: 1, ...options }, parts),
  );
  await eventually(() => app.app.get(HealthSampler).report.status !== 'starting');
  return {
    ...app,
    clock,
    nextSample: () => clock.advance(5_000),
    async probe(path, headers = {}) {
      const response = await fetch(app.url + path, { headers });
      const body = (await response.json()) as Record<string, unknown>;
      return { status: response.status, body, headers: response.headers };
    },
  };
}

export function healthApp(options: HealthModuleOptions, parts: Parts): DynamicModule {
  class App {}
  Module({})(App);
  const { imports = [], ...rest } = parts;
  return { module: App as Type, imports: [HealthModule.forRoot(options), ...imports], ...rest };
}
