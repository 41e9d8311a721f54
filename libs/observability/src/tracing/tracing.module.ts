import { requireSingleImport } from '@loyalnest/core/toolkit';
import { Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { PolicyNotes } from './policy-notes.js';
import { Tracing } from './tracing.js';
import { ConfigurableModuleClass } from './tracing.module-definition.js';

/**
 * Exports spans of requests, jobs, outgoing calls and SQL by OTLP, including what policies decide.
 * Without an endpoint or an exporter it does nothing. Import it once, in the root module.
 */
@Module({ providers: [Tracing, PolicyNotes], exports: [Tracing] })
export class TracingModule extends ConfigurableModuleClass {
  constructor(modules: ModulesContainer) {
    super();
    requireSingleImport(TracingModule, modules.values());
  }
}
