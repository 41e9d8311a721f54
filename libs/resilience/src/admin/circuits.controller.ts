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
import type { CircuitCommandName } from '../operator/circuit-command.js';
import { CircuitOperator } from '../operator/circuit-operator.js';
import { ResilienceRegistry } from '../resilience.registry.js';
import { CircuitNotFoundError } from '../service/circuit-not-found.error.js';

/**
 * Lists the circuits of this instance (role `view`) and takes commands for the circuits of all
 * instances (role `operate`). `open` and `close` hold until `reset`, which closes the circuit with
 * empty counts.
 */
@Controller({ path: 'debug/circuits', version: VERSION_NEUTRAL })
export class CircuitsController {
  private readonly access: AdminAccess;

  constructor(
    private readonly registry: ResilienceRegistry,
    private readonly operator: CircuitOperator,
    @Optional() @Inject(AdminAccess) access?: AdminAccess,
  ) {
    this.access = requireAdminAccess(access, 'ResilienceModule.admin', true);
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
    return this.command(request, 'force-open', name, key);
  }

  @Post(':name/close')
  @HttpCode(200)
  close(@Req() request: AdminRequest, @Param('name') name: string, @Query('key') key?: string) {
    return this.command(request, 'force-closed', name, key);
  }

  @Post(':name/reset')
  @HttpCode(200)
  reset(@Req() request: AdminRequest, @Param('name') name: string, @Query('key') key?: string) {
    return this.command(request, 'close', name, key);
  }

  private async command(
    request: AdminRequest,
    command: CircuitCommandName,
    policy: string,
    key: string | undefined,
  ): Promise<object> {
    const { name: by } = await this.access.authorize(request, 'operate');
    const which = key === undefined ? {} : { key };
    const receipt = await this.operator.command({ policy, ...which, command, by });
    const breaker = this.registry.get(policy, key);
    // An instance that has not called the dependency yet has no breaker, but others may have one.
    if (!breaker && !receipt.reached) {
      const known = this.registry.all().map(({ label }) => label);
      throw new CircuitNotFoundError(key === undefined ? policy : `${policy}[${key}]`, known);
    }
    return { ...breaker?.snapshot, ...receipt };
  }
}
