import { Controller, Delete, Get, HttpCode } from '@nestjs/common';
import { FaultGate } from '../use-cases/fault-gate.js';
import { Mailbox } from '../use-cases/mailbox.js';

/** Shows what the providers delivered. */
@Controller('messages')
export class MessagesController {
  constructor(
    private readonly mailbox: Mailbox,
    private readonly gate: FaultGate,
  ) {}

  @Get()
  list(): object {
    const { requests, delivered } = this.mailbox;
    return { requests, held: this.gate.held, messages: delivered };
  }

  @Delete()
  @HttpCode(204)
  clear(): void {
    this.mailbox.clear();
  }
}
