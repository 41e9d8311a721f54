import { AdminAccess, type AdminRequest } from '@loyalnest/core';
import { requireAdminAccess } from '@loyalnest/core/toolkit';
import {
  Controller,
  Get,
  HttpCode,
  Inject,
  Optional,
  Param,
  Post,
  Query,
  Req,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { LogLevel } from './log-level.js';

/**
 * Shows the log level of this instance to the role `view`, and lets `operate` change it:
 * `POST /debug/log-level/debug?for=10m`.
 */
@Controller({ path: 'debug/log-level', version: VERSION_NEUTRAL })
export class LogLevelController {
  private readonly access: AdminAccess;

  constructor(
    private readonly level: LogLevel,
    private readonly logger: PinoLogger,
    @Optional() @Inject(AdminAccess) access?: AdminAccess,
  ) {
    this.access = requireAdminAccess(access, 'LoggingModule.admin', true);
  }

  @Get()
  async show(@Req() request: AdminRequest): Promise<object> {
    await this.access.authorize(request, 'view');
    return { level: this.level.current };
  }

  @Post(':level')
  @HttpCode(200)
  async change(
    @Req() request: AdminRequest,
    @Param('level') level: string,
    @Query('for') duration?: string,
  ): Promise<object> {
    const { name: by } = await this.access.authorize(request, 'operate');
    const before = this.level.current;
    this.level.set(level, duration);
    this.logger.warn(
      { event: 'audit', command: 'log-level', by, from: before, to: level, for: duration },
      `${by} set the log level to ${level}`,
    );
    return { level: this.level.current };
  }
}
