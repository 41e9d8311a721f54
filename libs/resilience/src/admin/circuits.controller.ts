import { AdminAccess, OptionError, type AdminRequest } from '@loyalnest/core';
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
} from '@nestjs/common';
import type { CircuitBreaker } from '../circuit-breaker/circuit-breaker.js';
import { operatorCommanded, type OperatorCommand } from '../resilience.events.js';
import { ResilienceRegistry } from '../resilience.registry.js';
import { CircuitNotFoundError } from '../service/circuit-not-found.error.js';

const COMMANDS: Readonly<Record<OperatorCommand, (breaker: CircuitBreaker) => void>> = {
  open: (breaker) => breaker.force('forced-open'),
  close: (breaker) => breaker.force('forced-closed'),
  reset: (breaker) => breaker.close(),
};

/**
 * The circuits of this process: to look at with the role `view`, to command with `operate`. `open`
 * and `close` hold until `reset`, which gives the circuit back to its counts, empty.
 */
@Controller('debug/circuits')
export class CircuitsController {
  private readonly access: AdminAccess;

  constructor(
    private readonly registry: ResilienceRegistry,
    @Optional() @Inject(AdminAccess) access?: AdminAccess,
  ) {
    if (!access) {
      throw new OptionError(
        'ResilienceModule.admin',
        true,
        'provide AdminAccess, for example by AdminAccessModule of @loyalnest/security',
      );
    }
    this.access = access;
  }

  @Get()
  async list(@Req() request: AdminRequest): Promise<object> {
    await this.access.authorize(request, 'view');
    return {
      circuits: this.registry.all().map(({ snapshot }) => snapshot),
      pipelines: this.registry.pipelines().map((pipeline) => pipeline.explain().split('\n')),
    };
  }

  @Post(':name/open')
  @HttpCode(200)
  open(@Req() request: AdminRequest, @Param('name') name: string, @Query('key') key?: string) {
    return this.command(request, 'open', name, key);
  }

  @Post(':name/close')
  @HttpCode(200)
  close(@Req() request: AdminRequest, @Param('name') name: string, @Query('key') key?: string) {
    return this.command(request, 'close', name, key);
  }

  @Post(':name/reset')
  @HttpCode(200)
  reset(@Req() request: AdminRequest, @Param('name') name: string, @Query('key') key?: string) {
    return this.command(request, 'reset', name, key);
  }

  private async command(
    request: AdminRequest,
    command: OperatorCommand,
    policy: string,
    key: string | undefined,
  ): Promise<object> {
    const { name: by } = await this.access.authorize(request, 'operate');
    const breaker = this.registry.get(policy, key);
    if (!breaker) {
      const known = this.registry.all().map(({ label }) => label);
      throw new CircuitNotFoundError(key === undefined ? policy : `${policy}[${key}]`, known);
    }
    COMMANDS[command](breaker);
    operatorCommanded.publish({ policy, ...(key !== undefined && { key }), command, by });
    return breaker.snapshot;
  }
}
