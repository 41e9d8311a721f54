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

/**
 * Applies the commands of operators, wherever they were given, and publishes each on
 * {@link operatorCommanded}.
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
   */
  async command(command: CircuitCommand): Promise<CommandReceipt> {
    checkCommand(command);
    const { carrier } = this;
    const applied = this.follow(command, carrier?.instance ?? `${hostname()}:${process.pid}`);
    if (!carrier) return { applied, broadcast: 'off', reached: undefined };
    const reached = await carrier.carry(command);
    return { applied, broadcast: reached === undefined ? 'failed' : 'sent', reached };
  }

  /**
   * Applies a command that was given on `instance`, without sending it on.
   *
   * @returns false if no breaker of that name and key exists here
   */
  follow({ policy, key, command, by }: CircuitCommand, instance: string): boolean {
    const breaker = this.registry.get(policy, key);
    if (breaker) COMMANDS[command](breaker);
    const applied = breaker !== undefined;
    const which = key === undefined ? {} : { key };
    const { app } = this.registry;
    operatorCommanded.publish({ app, policy, ...which, command, by, instance, applied });
    return applied;
  }
}
