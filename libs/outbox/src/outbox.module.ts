import { requireSingleImport } from '@loyalnest/core/toolkit';
import { Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Inbox } from './inbox/inbox.js';
import { ConfigurableModuleClass } from './outbox.module-definition.js';
import { OutboxStore } from './outbox-store.js';
import { Outbox } from './outbox.js';
import { OutboxMetrics } from './relay/outbox-metrics.js';
import { OutboxRelay } from './relay/outbox-relay.js';

/**
 * Publishes events if and only if their transaction commits, and applies their effects once. The
 * application must provide a `JobPublisher`; QueueModule provides one globally.
 */
@Module({
  providers: [Outbox, Inbox, OutboxStore, OutboxMetrics, OutboxRelay],
  exports: [Outbox, Inbox, OutboxRelay],
})
export class OutboxModule extends ConfigurableModuleClass {
  constructor(modules: ModulesContainer) {
    super();
    requireSingleImport(OutboxModule, modules.values());
  }
}
