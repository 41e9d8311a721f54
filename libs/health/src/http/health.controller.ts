import {
  REQUEST_PRIORITY,
  SKIP_THROTTLE,
  type AdminRequest,
  type RequestPriority,
} from '@loyalnest/core';
import {
  Controller,
  Get,
  Header,
  NotFoundException,
  Param,
  Req,
  Res,
  SetMetadata,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { HealthPages, type HealthAnswer } from './health-pages.js';

/** Health pages for orchestrators and people. They only read the latest sample. */
@SetMetadata(SKIP_THROTTLE, true)
@SetMetadata(REQUEST_PRIORITY, 'critical' satisfies RequestPriority)
@Controller({ path: 'health', version: VERSION_NEUTRAL })
export class HealthController {
  constructor(
    private readonly pages: HealthPages,
    private readonly host: HttpAdapterHost,
  ) {}

  /** Checks no dependency by default, because a restart of this service would not repair one. */
  @Get('live')
  @Header('Cache-Control', 'no-store')
  live(@Req() request: AdminRequest, @Res({ passthrough: true }) response: unknown): object {
    return this.send(this.pages.live(request), response);
  }

  /** 503 tells the load balancer to send requests elsewhere. */
  @Get('ready')
  @Header('Cache-Control', 'no-store')
  ready(@Req() request: AdminRequest, @Res({ passthrough: true }) response: unknown): object {
    return this.send(this.pages.ready(request), response);
  }

  @Get()
  @Header('Cache-Control', 'no-store')
  async all(@Req() request: AdminRequest, @Res({ passthrough: true }) response: unknown) {
    return this.send(await this.pages.all(request), response);
  }

  /** `startup`, `modules`, a topic such as `redis`, or a group of the application. */
  @Get(':page')
  @Header('Cache-Control', 'no-store')
  async page(
    @Param('page') page: string,
    @Req() request: AdminRequest,
    @Res({ passthrough: true }) response: unknown,
  ) {
    const answer = await this.pages.page(page, request);
    if (!answer) throw new NotFoundException('there is no health page with that name');
    return this.send(answer, response);
  }

  private send({ statusCode, contentType, retryAfterS, body }: HealthAnswer, response: unknown) {
    const { httpAdapter } = this.host;
    httpAdapter.status(response, statusCode);
    if (contentType) httpAdapter.setHeader(response, 'Content-Type', contentType);
    if (retryAfterS) httpAdapter.setHeader(response, 'Retry-After', String(retryAfterS));
    return body;
  }
}
