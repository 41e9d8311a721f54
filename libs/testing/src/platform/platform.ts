import type { DynamicModule, INestApplication, NestApplicationOptions, Type } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { TestingModule } from '@nestjs/testing';

/** A Nest application that listens on a free port of 127.0.0.1; whoever made it closes it. */
export interface RunningApp {
  readonly app: INestApplication;
  /** Without a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

export interface CreateAppOptions {
  /** Options for Nest itself. Its logger is off unless one is given. */
  readonly nest?: NestApplicationOptions;
  /** Called before the application listens: global pipes, filters, prefixes. */
  readonly configure?: (app: INestApplication) => void | Promise<void>;
}

/** One of the HTTP adapters that Nest supports. */
export interface Platform {
  readonly name: 'express' | 'fastify';

  /**
   * Creates the application of a module, or of a compiled testing module with its overrides, and
   * listens. Rejects if the boot fails.
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

// Imported when used: whoever only starts servers need not load Nest.
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
