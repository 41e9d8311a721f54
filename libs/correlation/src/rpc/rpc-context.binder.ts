import { currentContext, runInContext, traced, writeContextHeaders } from '@loyalnest/core';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { MODULE_OPTIONS_TOKEN } from '../correlation.module-definition.js';
import {
  resolveCorrelationOptions,
  type CorrelationModuleOptions,
  type CorrelationPolicy,
} from '../correlation.options.js';
import { inboundContext } from '../inbound-context.js';
import { rpcHeaders } from './rpc-headers.js';

type Processing = (transport: unknown, context: unknown, done: () => Promise<unknown>) => unknown;

/** A server of `@nestjs/microservices`, which may not be installed. */
interface RpcServer {
  setOnProcessingStartHook?(hook: Processing): void;
}

interface Packet {
  metadata?: Record<string, string>;
}

interface RpcClient {
  setOnDispatchHook(hook: (packet: Packet) => void): void;
}

interface Addressed {
  getPattern?(): string;
  getChannel?(): string;
  getSubject?(): string;
  getTopic?(): string;
  readonly operationId?: string;
}

/**
 * Binds the context around the handling of each message, including guards, pipes, filters and
 * streamed responses, and adds it to the messages of Nest's own clients. It uses the hooks of Nest's
 * servers and clients. Each of them takes a single hook, so one that is set later replaces this one.
 */
@Injectable()
export class RpcContextBinder implements OnModuleInit {
  private readonly policy: CorrelationPolicy;

  constructor(
    private readonly modules: ModulesContainer,
    @Inject(MODULE_OPTIONS_TOKEN) options: CorrelationModuleOptions,
  ) {
    this.policy = resolveCorrelationOptions(options);
    modules.getRpcTargetRegistry<RpcServer>().subscribe((server) => {
      server.setOnProcessingStartHook?.((_transport, context, done) => this.bind(context, done));
    });
  }

  onModuleInit(): void {
    for (const { providers } of this.modules.values()) {
      for (const { instance } of providers.values()) {
        if (isClient(instance)) instance.setOnDispatchHook(carryContext);
      }
    }
  }

  private bind(message: unknown, handle: () => Promise<unknown>): unknown {
    const context = inboundContext(rpcHeaders(message), this.policy);
    return runInContext(context, () =>
      traced('server', () => ({ name: addressOf(message as Addressed) }), handle),
    );
  }
}

function carryContext(packet: Packet): void {
  const context = currentContext();
  if (context) packet.metadata = { ...packet.metadata, ...writeContextHeaders(context) };
}

function isClient(instance: unknown): instance is RpcClient {
  return (
    typeof instance === 'object' &&
    instance !== null &&
    'setOnDispatchHook' in instance &&
    typeof instance.setOnDispatchHook === 'function'
  );
}

function addressOf(message: Addressed): string {
  return (
    message.getPattern?.() ??
    message.getSubject?.() ??
    message.getTopic?.() ??
    message.getChannel?.() ??
    message.operationId ??
    'message'
  );
}
