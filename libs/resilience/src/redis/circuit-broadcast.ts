import {
  DRAIN,
  ON_SHUTDOWN,
  type Drainable,
  type DrainStep,
  type ShutdownListener,
} from '@loyalnest/core';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { randomUUID } from 'node:crypto';
import type { CircuitCommand } from '../operator/circuit-command.js';
import { CircuitOperator } from '../operator/circuit-operator.js';
import type { CommandCarrier } from '../operator/command-carrier.js';
import type { CommandReceipt } from '../operator/command-receipt.js';
import { circuitStateChanged, type CircuitStateChanged } from '../resilience.events.js';
import { ResilienceRegistry } from '../resilience.registry.js';
import { BroadcastConnection } from './broadcast-connection.js';
import { parseMessage, type BroadcastMessage } from './broadcast-message.js';
import { remoteCircuitStateChanged } from './broadcast.events.js';
import { MODULE_OPTIONS_TOKEN } from './circuit-broadcast.module-definition.js';
import {
  resolveCircuitBroadcast,
  type CircuitBroadcastOptions,
} from './circuit-broadcast.options.js';

/**
 * Announces this application's circuit changes to other instances and applies the commands that
 * operators give there. Changes are advisory: other instances publish them as
 * {@link remoteCircuitStateChanged}, and a circuit never changes because one elsewhere did.
 */
@Injectable()
export class CircuitBroadcast
  implements CommandCarrier, OnModuleInit, Drainable, ShutdownListener, OnApplicationShutdown
{
  /** Name of this instance in the events of all instances. */
  readonly instance: string;
  private readonly connection: BroadcastConnection;
  private readonly logger = new Logger('CircuitBroadcast');
  private readonly sender = randomUUID();
  private app!: string;
  private operator!: CircuitOperator;
  private draining = false;
  private unsubscribe = (): void => {};

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) options: CircuitBroadcastOptions,
    private readonly modules: ModuleRef,
  ) {
    const resolved = resolveCircuitBroadcast(options);
    this.instance = resolved.instance;
    this.connection = new BroadcastConnection(resolved, (text) => this.receive(text));
  }

  onModuleInit(): void {
    this.app = this.modules.get(ResilienceRegistry, { strict: false }).app;
    this.operator = this.modules.get(CircuitOperator, { strict: false });
    this.operator.carryBy(this);
    this.unsubscribe = circuitStateChanged.subscribe((transition) => this.announce(transition));
    this.connection.open();
  }

  /**
   * Applies a command here at once, and on every other instance that Redis reaches.
   *
   * @throws {@link OptionError} for an unknown command or a missing name
   */
  command(command: CircuitCommand): Promise<CommandReceipt> {
    return this.operator.command(command);
  }

  carry({ policy, key, command, by }: CircuitCommand): Promise<number | undefined> {
    return this.send({ kind: 'command', command: { policy, key, command, by } });
  }

  [DRAIN](): readonly DrainStep[] {
    return [
      { phase: 'close-connections', name: 'redis:circuit-broadcast', run: () => this.close() },
    ];
  }

  /**
   * Circuits may still change while the service drains, so the connections close in their own
   * phase.
   */
  [ON_SHUTDOWN](): void {
    this.draining = true;
  }

  /** Without a graceful shutdown this is the last chance to close. */
  onApplicationShutdown(): void {
    if (!this.draining) this.close();
  }

  private close(): void {
    this.unsubscribe();
    this.connection.close();
  }

  private announce({ app, ...transition }: CircuitStateChanged): void {
    // The diagnostics channel serves the whole process: skip other applications' circuits.
    if (app === this.app) void this.send({ kind: 'transition', transition });
  }

  private receive(text: string): void {
    const message = parseMessage(text);
    if (!message || message.sender === this.sender) return;
    const { instance } = message;
    const { app } = this;
    if (message.kind === 'command') this.follow(message.command, instance);
    else remoteCircuitStateChanged.publish({ ...message.transition, app, instance });
  }

  private follow(command: CircuitCommand, instance: string): void {
    try {
      this.operator.follow(command, instance);
    } catch (error) {
      this.logger.error(`did not follow a command of ${instance}: ${(error as Error).message}`);
    }
  }

  private send(content: Content<BroadcastMessage>): Promise<number | undefined> {
    const { sender, instance } = this;
    return this.connection.publish(JSON.stringify({ version: 1, sender, instance, ...content }));
  }
}

type Content<Message> = Message extends { kind: infer Kind }
  ? { readonly kind: Kind } & Omit<Message, 'version' | 'sender' | 'instance' | 'kind'>
  : never;
