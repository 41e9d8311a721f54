// For your rules
export { burnRateRules } from './burn-rate-rules.js';

// Objectives
export type {
  AvailabilityObjective,
  JobStartObjective,
  JobSuccessObjective,
  LatencyObjective,
  ServiceLevelObjective,
} from './objective.js';
export type { BurnRateRulesOptions } from './objective.options.js';

// Rules
export type { AlertingRule, RecordingRule, RuleFile, RuleGroup } from './rule-file.js';
