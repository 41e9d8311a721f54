// Time
export { FakeClock } from '@loyalnest/core/testing';

// Circuits
export { forceOpen, release } from './force-circuit.js';

// Events
export { recordEvents } from './event-recorder.js';
export type { EventRecorder, RecordedEvent, RecordedEventType } from './event-recorder.js';

// Pipelines
export { describePipeline } from './describe-pipeline.js';
export type { PolicyDescriptor } from './describe-pipeline.js';

// Conformance of a circuit breaker
export { circuitBreakerConformance } from './conformance/circuit-breaker-conformance.js';
export type {
  BreakerUnderTest,
  CircuitBreakerCase,
  CreateBreaker,
  PermitUnderTest,
  SubjectUnderTest,
} from './conformance/circuit-breaker-case.js';
