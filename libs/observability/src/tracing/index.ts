// For your application
export { TracingModule } from './tracing.module.js';
export { Tracing } from './tracing.js';
export type { SpanCounts } from './span-counts.js';

// Options
export type { SamplingOptions, TracingModuleOptions } from './tracing.options.js';

// Events
export { spansDropped } from './tracing.events.js';
export type { SpansDropped } from './tracing.events.js';
