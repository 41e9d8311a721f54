import {
  AdminAccess,
  REQUEST_PRIORITY,
  type AdminRequest,
  type RequestPriority,
} from '@loyalnest/core';
import { AdminGate } from '@loyalnest/core/toolkit';
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
  SetMetadata,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { LogLevel } from './log-level.js';

/**
 * Shows the log level of this instance to the role `view`, and lets `operate` change it:
 * `POST /debug/log-level/debug?for=10m`.
 */
@SetMetadata(REQUEST_PRIORITY, 'critical' satisfies RequestPriority)
@Controller({ path: 'debug/log-level', version: VERSION_NEUTRAL })
export class LogLevelController {
  private readonly gate: AdminGate;

  constructor(
    private readonly level: LogLevel,
    @Optional() @Inject(AdminAccess) access?: AdminAccess,
  ) {
    this.gate = new AdminGate(access, 'LoggingModule.admin');
  }

  @Get()
  async show(@Req() request: AdminRequest): Promise<object> {
    await this.gate.view(request);
    return { level: this.level.current };
  }

  @Post(':level')
  @HttpCode(200)
  change(
    @Req() request: AdminRequest,
    @Param('level') level: string,
    @Query('for') duration?: string,
  ): Promise<object> {
    const details = { from: this.level.current, to: level, for: duration };
    const command = { command: 'log-level', target: `log level ${level}`, details };
    return this.gate.command(request, 'operate', command, () => {
      this.level.set(level, duration);
      return { level: this.level.current };
    });
  }
}
