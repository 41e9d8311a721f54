import { onHttpEntry } from '@loyalnest/core/toolkit';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { INPUT_LIMITS } from './input-limits.module-definition.js';
import type { ResolvedInputLimits } from './input-limits.options.js';

/** A content type that no client can guess; its parser keeps the bytes. */
const RAW_TYPE = `application/vnd.loyalnest.raw-${randomUUID()}`;

interface BodyParsingAdapter {
  getType(): string;
  getInstance(): unknown;
  useBodyParser(type: string, rawBody: boolean, options: object): unknown;
}

interface FastifyInstance {
  addHook(
    name: 'onRoute',
    hook: (route: { readonly url: string; bodyLimit?: number }) => void,
  ): unknown;
}

/**
 * Sets the size limits of the framework's own body parsers, which count while a body arrives, and
 * keeps the bodies of `rawBodies` as bytes.
 */
@Injectable()
export class BodyLimits {
  private readonly rawPaths: ReadonlySet<string>;

  constructor(
    host: HttpAdapterHost,
    @Inject(INPUT_LIMITS) private readonly limits: ResolvedInputLimits,
  ) {
    this.rawPaths = new Set(limits.rawBodies.map(comparable));
    // First of all, so that deadlines and contexts begin before Express reads a body.
    onHttpEntry(host, ({ req, route }, proceed) => {
      if (this.rawPaths.size > 0 && this.isRaw(route ?? pathOf(req))) keepBytes(req);
      proceed();
    });
    host.init$.subscribe(() => this.install(host.httpAdapter as unknown as BodyParsingAdapter));
  }

  private install(adapter: BodyParsingAdapter | undefined): void {
    if (!adapter) return;
    const { maxBodyBytes, maxRawBodyBytes } = this.limits;
    if (adapter.getType() === 'fastify') {
      adapter.useBodyParser(RAW_TYPE, true, {});
      (adapter.getInstance() as FastifyInstance).addHook('onRoute', (route) => {
        route.bodyLimit ??= this.isRaw(route.url) ? maxRawBodyBytes : maxBodyBytes;
      });
      return;
    }
    adapter.useBodyParser('raw', true, { type: RAW_TYPE, limit: maxRawBodyBytes });
    // Nest adds its own parsers of these names only if there are none.
    adapter.useBodyParser('json', true, { limit: maxBodyBytes });
    adapter.useBodyParser('urlencoded', true, { limit: maxBodyBytes, extended: true });
  }

  private isRaw(path: string): boolean {
    return this.rawPaths.has(comparable(path));
  }
}

function keepBytes({ headers }: IncomingMessage): void {
  headers['content-type'] = RAW_TYPE;
  // The signature covers the bytes as they were sent.
  delete headers['content-encoding'];
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0]!;
}

/** Express matches paths without regard to case and a slash at the end. */
function comparable(path: string): string {
  return path.toLowerCase().replace(/(?<=.)\/$/, '');
}
