import { AdminAccess, isLoyalNestError, type AdminRequest } from '@loyalnest/core';
import { isProduction, requireAdminAccess } from '@loyalnest/core/toolkit';
import {
  ForbiddenException,
  Get,
  Inject,
  Logger,
  NotFoundException,
  Optional,
  Req,
  Res,
  UnauthorizedException,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ENDPOINT_OPTIONS } from './metrics-endpoint.js';
import { MODULE_OPTIONS_TOKEN } from './metrics.module-definition.js';
import type { MetricsEndpointOptions, MetricsModuleOptions } from './metrics.options.js';
import { acceptedFormat } from './scrape/accepted-format.js';
import { CONTENT_TYPES } from './scrape/exposition.js';
import { Scraper } from './scrape/scraper.js';

/** Serves the metrics on the application's own port. Answers 404 if the option `port` is set. */
export class MetricsController {
  private readonly access?: AdminAccess;
  private readonly isElsewhere: boolean;

  constructor(
    @Inject(Scraper) private readonly scraper: Scraper,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(ENDPOINT_OPTIONS) { path = '/metrics', guard = false }: MetricsEndpointOptions,
    @Inject(MODULE_OPTIONS_TOKEN) { port }: MetricsModuleOptions,
    @Optional() @Inject(AdminAccess) access?: AdminAccess,
  ) {
    this.isElsewhere = port !== undefined;
    if (guard) this.access = requireAdminAccess(access, 'MetricsModule.guard', true);
    else if (!this.isElsewhere && isProduction()) {
      new Logger('Metrics').warn(
        `every caller of the application can read ${path}; set MetricsModule.port to serve it on ` +
          'another port, or MetricsModule.guard to require the role view',
      );
    }
  }

  @Get()
  async metrics(
    @Req() request: AdminRequest,
    @Res({ passthrough: true }) response: unknown,
  ): Promise<string> {
    if (this.isElsewhere) throw new NotFoundException();
    await this.authorize(request);
    const { accept } = request.headers;
    const format = acceptedFormat(Array.isArray(accept) ? accept.join() : accept);
    const { httpAdapter } = this.host;
    httpAdapter.setHeader(response, 'Content-Type', CONTENT_TYPES[format]);
    httpAdapter.setHeader(response, 'Cache-Control', 'no-store');
    httpAdapter.setHeader(response, 'Vary', 'Accept');
    return this.scraper.scrape(format);
  }

  private async authorize(request: AdminRequest): Promise<void> {
    try {
      await this.access?.authorize(request, 'view');
    } catch (error) {
      // Without a filter for problem details, Nest would answer 500 to this error.
      if (!isLoyalNestError(error)) throw error;
      const { message } = error;
      if (error.category === 'unauthenticated') throw new UnauthorizedException(message);
      if (error.category === 'forbidden') throw new ForbiddenException(message);
      throw error;
    }
  }
}
