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
import type { CircuitCommandName } from '../operator/circuit-command.js';
import { CircuitOperator } from '../operator/circuit-operator.js';
import { ResilienceRegistry } from '../resilience.registry.js';
import { CircuitNotFoundError } from '../service/circuit-not-found.error.js';

/**
 * Lists the circuits of this instance (role `view`) and takes commands for the circuits of all
 * instances (role `operate`). `open` and `close` hold until `reset`, which closes the circuit with
 * empty counts.
 */
@SetMetadata(REQUEST_PRIORITY, 'critical' satisfies RequestPriority)
@Controller({ path: 'debug/circuits', version: VERSION_NEUTRAL })
export class CircuitsController {
  private readonly gate: AdminGate;

  constructor(
    private readonly registry: ResilienceRegistry,
    private readonly operator: CircuitOperator,
    @Optional() @Inject(AdminAccess) access?: AdminAccess,
  ) {
    this.gate = new AdminGate(access, 'ResilienceModule.admin');
  }

  @Get()
  async list(@Req() request: AdminRequest): Promise<object> {
    await this.gate.view(request);
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

  private command(
    request: AdminRequest,
    command: CircuitCommandName,
    policy: string,
    key: string | undefined,
  ): Promise<object> {
    const which = key === undefined ? {} : { key };
    const label = key === undefined ? policy : `${policy}[${key}]`;
    const { app } = this.registry;
    const audit = { command, target: `circuit ${label}`, app };
    return this.gate.command(request, 'operate', audit, async ({ name: by }) => {
      const given = { policy, ...which, command, by };
      const receipt = await this.operator.command(given, { isAudited: true });
      const breaker = this.registry.get(policy, key);
      // An instance that has not called the dependency yet has no breaker, but others may have one.
      if (!breaker && !receipt.reached) {
        const known = this.registry.all().map((other) => other.label);
        throw new CircuitNotFoundError(label, known);
      }
      return { ...breaker?.snapshot, ...receipt };
    });
  }
}
