import { durationMs } from '@loyalnest/core';
import { Body, Controller, Delete, Get, HttpCode, Put } from '@nestjs/common';
import type { Fault } from '../domain/fault.js';
import { FaultGate, type Faults } from '../use-cases/fault-gate.js';
import { FaultsRequest, type FaultRequest } from './faults.request.js';

/** The switches that make the providers fail. */
@Controller('faults')
export class FaultsController {
  constructor(private readonly gate: FaultGate) {}

  @Get()
  show(): Faults {
    return this.gate.current;
  }

  @Put()
  change(@Body() { sms, email, seed }: FaultsRequest): Faults {
    return this.gate.change({ sms: changesOf(sms), email: changesOf(email) }, seed);
  }

  @Delete()
  @HttpCode(204)
  lift(): void {
    this.gate.lift();
  }
}

function changesOf({ latency, errorRatio, hang }: FaultRequest = {}): Partial<Fault> {
  return {
    ...(latency !== undefined && { latencyMs: durationMs('latency', latency) }),
    ...(errorRatio !== undefined && { errorRatio }),
    ...(hang !== undefined && { hang }),
  };
}
