import { FakeClock } from '@loyalnest/core/testing';
import { Module, type INestApplicationContext, type Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ResilienceModule } from '../src/resilience.module.js';
import type { ResilienceModuleOptions } from '../src/resilience.options.js';
import { ResilienceRegistry } from '../src/resilience.registry.js';

export interface StartedApp {
  readonly app: INestApplicationContext;
  readonly clock: FakeClock;
  readonly registry: ResilienceRegistry;
}

const started: INestApplicationContext[] = [];

/** Starts an application with the module and these providers; {@link closeApps} closes it. */
export async function startApp(
  providers: Provider[],
  options: ResilienceModuleOptions = {},
): Promise<StartedApp> {
  const clock = new FakeClock();
  @Module({ imports: [ResilienceModule.forRoot({ clock, ...options })], providers })
  class App {}
  const app = await NestFactory.createApplicationContext(App, {
    logger: false,
    abortOnError: false,
  });
  started.push(app);
  return { app, clock, registry: app.get(ResilienceRegistry) };
}

export async function closeApps(): Promise<void> {
  await Promise.all(started.splice(0).map((app) => app.close()));
}
