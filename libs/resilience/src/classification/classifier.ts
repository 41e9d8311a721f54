import {
  classifyError,
  classifyResult,
  failureReason,
  type Classification,
  type Outcome,
} from '@loyalnest/core/toolkit';
import { checkClassify, type Classify, type Verdict } from './classify.options.js';

/** Classifies the results of calls. Never throws. */
export type Classifier = (
  result: unknown,
  thrown: boolean,
  /** Whether the call was made under the deadline of our own caller. */
  callersDeadline: boolean,
) => Classification;

/** The classification of `@loyalnest/core/toolkit`; see the table in the README. */
export const classifyByDefault: Classifier = (result, thrown, callersDeadline) =>
  (thrown ? classifyError : classifyResult)(result, { callersDeadline });

const OUTCOMES: ReadonlySet<unknown> = new Set(['failure', 'success', 'neutral']);

/**
 * Returns the classifier of a policy: its own `classify` is asked first, then that of the module, then
 * the default.
 *
 * @param path of the policy, for errors and warnings
 * @throws {@link OptionError} if an override is not a function
 */
export function classifierOf(
  path: string,
  ownClassify: Classify | undefined,
  modules: Classifier = classifyByDefault,
): Classifier {
  const classify = checkClassify(`${path}.classify`, ownClassify);
  if (classify === undefined) return modules;
  return (result, thrown, callersDeadline) => {
    const known = modules(result, thrown, callersDeadline);
    return applied(known, ask(`${path}.classify`, classify, result, thrown));
  };
}

function ask(
  path: string,
  classify: Classify,
  result: unknown,
  thrown: boolean,
): Verdict | Outcome | undefined {
  try {
    const verdict = classify(result, thrown);
    if (verdict === undefined || OUTCOMES.has(verdict) || isVerdict(verdict)) return verdict;
    warn(path, 'returned an unknown outcome');
  } catch (error) {
    warn(path, `threw: ${failureReason(error)}`);
  }
  return undefined;
}

/** An error of the application's function must not replace the result of the call. */
function warn(path: string, what: string): void {
  process.emitWarning(`${path} ${what}; the default classification applies`, {
    code: 'LOYALNEST_PREDICATE',
  });
}

function applied(known: Classification, verdict: Verdict | Outcome | undefined): Classification {
  if (verdict === undefined) return known;
  if (typeof verdict === 'object') {
    const { outcome = known.outcome, retryable = known.retryable } = verdict;
    return { ...withOutcome(known, outcome), retryable };
  }
  const isPermanent = known.outcome === 'failure' && !known.retryable;
  const isMistake = known.reason === 'programming-error';
  return {
    ...withOutcome(known, verdict),
    retryable: verdict === 'failure' && !isPermanent && !isMistake,
  };
}

function withOutcome(known: Classification, outcome: Outcome): Classification {
  if (outcome === known.outcome) return known;
  const cut = known.cut ? { cut: known.cut } : {};
  return { outcome, retryable: known.retryable, ...cut };
}

function isVerdict(value: unknown): value is Verdict {
  if (typeof value !== 'object' || value === null) return false;
  const { outcome, retryable } = value as Verdict;
  return (
    (outcome === undefined || OUTCOMES.has(outcome)) &&
    (retryable === undefined || typeof retryable === 'boolean')
  );
}
