import type { Classification, NeutralReason } from '@loyalnest/core/toolkit';
import { askPredicate } from '../classification/ask-predicate.js';
import { classifyByDefault } from '../classification/classifier.js';
import type { ResolvedCircuitBreaker } from './circuit-breaker.options.js';

const IGNORED: Classification = { outcome: 'neutral', retryable: false };
const FAILED: Classification = { outcome: 'failure', retryable: true };
/** Neutral results with which the dependency shows that it answers. */
const ANSWERS: ReadonlySet<NeutralReason> = new Set(['credentials', 'rate-limited', 'conflict']);

/** Says how a result counts for a breaker: by its own options first, then by its `classify`. */
export function classifyForBreaker(
  { ignore, ignoreResult, failureResult, classify }: ResolvedCircuitBreaker,
  result: unknown,
  thrown: boolean,
  callersDeadline: boolean,
): Classification {
  if (thrown) {
    if (askPredicate('ignore', ignore, result)) return IGNORED;
  } else if (askPredicate('ignoreResult', ignoreResult, result)) {
    return IGNORED;
  } else if (askPredicate('failureResult', failureResult, result)) {
    return FAILED;
  }
  return classify(result, thrown, callersDeadline);
}

/** Whether a breaker needs neither the duration of a call nor an option to judge a returned value. */
export function judgesErrorsOnly(options: ResolvedCircuitBreaker): boolean {
  const { ignoreResult, failureResult, slowCallMs, classify } = options;
  return (
    !ignoreResult && !failureResult && slowCallMs === Infinity && classify === classifyByDefault
  );
}

/** Whether a neutral result shows that the dependency answers. */
export function showsAnswer(reason: NeutralReason | undefined): boolean {
  return reason !== undefined && ANSWERS.has(reason);
}
