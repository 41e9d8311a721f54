import {
  DRAIN,
  ON_SHUTDOWN,
  type Drainable,
  type DrainStep,
  type ShutdownListener,
} from '@loyalnest/core';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { randomUUID } from 'node:crypto';
import { circuitStateChanged, type CircuitStateChanged } from '../resilience.events.js';
import { ResilienceRegistry } from '../resilience.registry.js';
import { BroadcastConnection } from './broadcast-connection.js';
import { parseMessage, type BroadcastMessage } from './broadcast-message.js';
import { circuitCommandGiven, remoteCircuitStateChanged } from './broadcast.events.js';
import { MODULE_OPTIONS_TOKEN } from './circuit-broadcast.module-definition.js';
import {
  resolveCircuitBroadcast,
  type CircuitBroadcastOptions,
} from './circuit-broadcast.options.js';
import { applyCommand, checkCommand, type CircuitCommand } from './circuit-command.js';

/** What became of a command. */
export interface CommandReceipt {
  /** Whether this application has the breaker. */
  readonly applied: boolean;
  /**
   * How many other instances it was passed on to; undefined if Redis did not say within 500 ms. An
   * instance that is cut off or not started yet does not get it later: give the command again.
   */
  readonly reached: number | undefined;
}

/**
 * Tells other instances of this application's circuits and takes their operators' commands.
 * Transitions are advisory: they are published as {@link remoteCircuitStateChanged}, and no circuit
 * changes because one elsewhere did.
 */
@Injectable()
export class CircuitBroadcast
  implements OnModuleInit, Drainable, ShutdownListener, OnApplicationShutdown
{
  /** Name of this instance in the events of all. */
  readonly instance: string;
  private readonly connection: BroadcastConnection;
  private readonly sender = randomUUID();
  private registry!: ResilienceRegistry;
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
    this.registry = this.modules.get(ResilienceRegistry, { strict: false });
    this.unsubscribe = circuitStateChanged.subscribe((transition) => this.tell(transition));
    this.connection.open();
  }

  /**
   * Applies a command here at once, and on every other instance that Redis reaches.
   *
   * @throws {@link OptionError} for a command that does not exist or a missing name
   */
  async command(command: CircuitCommand): Promise<CommandReceipt> {
    checkCommand(command);
    const applied = this.apply(command, this.instance);
    const reached = await this.send({ kind: 'command', command });
    return { applied, reached };
  }

  [DRAIN](): readonly DrainStep[] {
    return [
      { phase: 'close-connections', name: 'redis:circuit-broadcast', run: () => this.close() },
    ];
  }

  /** Circuits may still change while the service drains; the phase for connections closes then. */
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

  private tell(transition: CircuitStateChanged): void {
    const { policy, key, to } = transition;
    // The channel is the process's: another application in it has circuits of its own.
    if (this.registry.get(policy, key)?.state !== to) return;
    void this.send({ kind: 'transition', transition });
  }

  private receive(text: string): void {
    const message = parseMessage(text);
    if (!message || message.sender === this.sender) return;
    const { instance } = message;
    if (message.kind === 'command') this.apply(message.command, instance);
    else remoteCircuitStateChanged.publish({ ...message.transition, instance });
  }

  private apply({ policy, key, command, by }: CircuitCommand, instance: string): boolean {
    const breaker = this.registry.get(policy, key);
    if (breaker) applyCommand(command, breaker);
    const applied = breaker !== undefined;
    const which = key === undefined ? {} : { key };
    circuitCommandGiven.publish({ policy, ...which, command, by, instance, applied });
    return applied;
  }

  private send(content: Content<BroadcastMessage>): Promise<number | undefined> {
    const { sender, instance } = this;
    return this.connection.publish(JSON.stringify({ version: 1, sender, instance, ...content }));
  }
}

type Content<Message> = Message extends { kind: infer Kind }
  ? { readonly kind: Kind } & Omit<Message, 'version' | 'sender' | 'instance' | 'kind'>
  : never;
