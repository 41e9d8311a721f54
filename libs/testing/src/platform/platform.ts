import type { DynamicModule, INestApplication, NestApplicationOptions, Type } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { TestingModule } from '@nestjs/testing';

/** A Nest application that listens on a free port of 127.0.0.1. The caller must close it. */
export interface RunningApp {
  readonly app: INestApplication;
  /** Without a trailing slash. */
  readonly url: string;
  close(): Promise<void>;
}

export interface CreateAppOptions {
  /** Options for Nest itself. Logging is off unless you pass a logger. */
  readonly nest?: NestApplicationOptions;
  /** Called before the application listens, to add global pipes, filters or prefixes. */
  readonly configure?: (app: INestApplication) => void | Promise<void>;
}

/** One of the HTTP adapters that Nest supports. */
export interface Platform {
  readonly name: 'express' | 'fastify';

  /**
   * Creates the application of a module or of a compiled testing module, and makes it listen. Rejects
   * if the boot fails.
   */
  create(
    module: Type | DynamicModule | TestingModule,
    options?: CreateAppOptions,
  ): Promise<RunningApp>;
}

function platform(name: Platform['name'], adapter: () => Promise<AbstractHttpAdapter>): Platform {
  return {
    name,
    async create(module, { nest, configure } = {}) {
      const options: NestApplicationOptions = { logger: false, abortOnError: false, ...nest };
      const { NestFactory } = await import('@nestjs/core');
      const app =
        'createNestApplication' in module
          ? module.createNestApplication(await adapter(), options)
          : await NestFactory.create(module, await adapter(), options);
      try {
        await configure?.(app);
        await app.listen(0, '127.0.0.1');
      } catch (error) {
        await app.close().catch(() => undefined);
        throw error;
      }
      const url = (await app.getUrl()).replace(/\/$/, '');
      return { app, url, close: () => app.close() };
    },
  };
}

// Imported lazily, so that code which only starts servers does not load Nest.
export const PLATFORMS: readonly Platform[] = [
  platform('express', async () => {
    const { ExpressAdapter } = await import('@nestjs/platform-express');
    return new ExpressAdapter();
  }),
  platform('fastify', async () => {
    const { FastifyAdapter } = await import('@nestjs/platform-fastify');
    return new FastifyAdapter() as unknown as AbstractHttpAdapter;
  }),
];
