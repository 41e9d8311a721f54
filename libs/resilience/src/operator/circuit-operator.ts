import { noteIntent, type AuditedCommand } from '@loyalnest/core/toolkit';
import { Injectable } from '@nestjs/common';
import { hostname } from 'node:os';
import type { CircuitBreaker } from '../circuit-breaker/circuit-breaker.js';
import { operatorCommanded } from '../resilience.events.js';
import { ResilienceRegistry } from '../resilience.registry.js';
import { checkCommand, type CircuitCommand, type CircuitCommandName } from './circuit-command.js';
import type { CommandCarrier } from './command-carrier.js';
import type { CommandReceipt } from './command-receipt.js';

const COMMANDS: Readonly<Record<CircuitCommandName, (breaker: CircuitBreaker) => void>> = {
  'force-open': (breaker) => breaker.force('forced-open'),
  'force-closed': (breaker) => breaker.force('forced-closed'),
  release: (breaker) => breaker.release(),
  open: (breaker) => breaker.open(),
  close: (breaker) => breaker.close(),
};

/** How a command reached the operator. */
export interface CommandOptions {
  /** Whether its audit entry is written. @defaultValue false: it is written here */
  readonly isAudited?: boolean;
}

/**
 * Applies the commands of operators, wherever they were given, and publishes each on
 * {@link operatorCommanded}. Before a command is applied, its audit entry is written on every instance.
 */
@Injectable()
export class CircuitOperator {
  private carrier: CommandCarrier | undefined;

  constructor(private readonly registry: ResilienceRegistry) {}

  /** From now on, commands given here are also sent to the other instances. */
  carryBy(carrier: CommandCarrier): void {
    this.carrier = carrier;
  }

  /**
   * Applies a command here at once, then sends it to the other instances if there is a carrier. It
   * applies here whether or not the others receive it.
   *
   * @throws {@link OptionError} for an unknown command or a missing name
   * @throws CommandNotAuditedError if its audit entry cannot be written; it is not applied anywhere
   */
  async command(
    command: CircuitCommand,
    { isAudited = false }: CommandOptions = {},
  ): Promise<CommandReceipt> {
    checkCommand(command);
    if (!isAudited) this.note(command, 'code');
    const { carrier } = this;
    const applied = this.apply(command, carrier?.instance ?? `${hostname()}:${process.pid}`);
    if (!carrier) return { applied, broadcast: 'off', reached: undefined };
    const reached = await carrier.carry(command);
    return { applied, broadcast: reached === undefined ? 'failed' : 'sent', reached };
  }

  /**
   * Applies a command that was given on `instance`, without sending it on.
   *
   * @returns false if no breaker of that name and key exists here
   * @throws CommandNotAuditedError if its audit entry cannot be written; it is not applied here
   */
  follow(command: CircuitCommand, instance: string): boolean {
    this.note(command, 'broadcast', { instance });
    return this.apply(command, instance);
  }

  private note(
    { policy, key, command, by }: CircuitCommand,
    source: AuditedCommand['source'],
    details: object = {},
  ): void {
    const target = `circuit ${key === undefined ? policy : `${policy}[${key}]`}`;
    const { app } = this.registry;
    noteIntent({ command, by, source, target, app, details: { ...details } });
  }

  private apply({ policy, key, command, by }: CircuitCommand, instance: string): boolean {
    const breaker = this.registry.get(policy, key);
    if (breaker) COMMANDS[command](breaker);
    const applied = breaker !== undefined;
    const which = key === undefined ? {} : { key };
    const { app } = this.registry;
    operatorCommanded.publish({ app, policy, ...which, command, by, instance, applied });
    return applied;
  }
}
