import { classifyAbort } from './abort-error.js';
import { classifyAws } from './aws-error.js';
import { PERMANENT, PROGRAMMING_ERROR, TRANSIENT, type Classification } from './classification.js';
import { classifyProblem } from './classify-problem.js';
import { classifyStatus } from './classify-status.js';
import { chainOf, errorsOf } from './error-links.js';
import { classifyGrpc } from './grpc-status.js';
import { isMalformedAnswer } from './malformed-answer.js';
import { classifyKafka } from './kafka-error.js';
import { classifyMongo } from './mongo-error.js';
import { classifyNetworkCode } from './network-code.js';
import { classifyOrm } from './orm-error.js';
import { classifyPrisma } from './prisma-code.js';
import { problemCodeOf } from './problem-code.js';
import { isProgrammingError } from './programming-error.js';
import { classifyRedis } from './redis-reply.js';
import { classifyRemoteProblem } from './remote-problem.js';
import { fieldOf } from './safe-field.js';
import { statusOfError } from './response-status.js';
import { classifySmtp } from './smtp-reply.js';
import { classifySqlite } from './sqlite-code.js';
import { classifySqlState } from './sql-state.js';
import { classifySuiteError } from './suite-error.js';

/** What is known about a call besides its result. */
export interface ClassifiedCall {
  /** Whether the call was made under the deadline of our own caller. @defaultValue false */
  readonly callersDeadline?: boolean;
}

/**
 * Classifies an error of a call. Looks at the error and at those that it wraps; the outermost that is
 * recognised decides. An error that nobody recognises is a failure of the dependency and may be retried;
 * a TypeError and its like are mistakes of this process. Never throws, whatever was thrown.
 */
export function classifyError(error: unknown, call: ClassifiedCall = {}): Classification {
  return classify(error, call, 0);
}

function classify(error: unknown, call: ClassifiedCall, depth: number): Classification {
  const chain = chainOf(error);
  for (const link of chain) {
    const known = recognise(link, call) ?? classifyAggregate(link, call, depth);
    if (known !== undefined) return known;
  }
  return chain.some(isProgrammingError) ? PROGRAMMING_ERROR : TRANSIENT;
}

function recognise(error: unknown, call: ClassifiedCall): Classification | undefined {
  const suite = classifySuiteError(error);
  const answer = classifyAnswer(error, suite, call);
  return (
    answer ??
    suite ??
    classifyRemoteProblem(error, call.callersDeadline === true) ??
    classifyAbort(error) ??
    classifyGrpc(error) ??
    classifyAws(error) ??
    classifyPrisma(error) ??
    classifyRedis(error) ??
    classifyMongo(error) ??
    classifyKafka(error) ??
    classifyOrm(error) ??
    classifySqlite(error) ??
    classifySmtp(error) ??
    refusedBy(error) ??
    classifyNetworkCode(error) ??
    classifySqlState(error) ??
    classifyUnusable(error)
  );
}

/** An answer of `@loyalnest/http`: its status says more than the category of the error. */
function classifyAnswer(
  error: unknown,
  suite: Classification | undefined,
  call: ClassifiedCall,
): Classification | undefined {
  const status = statusOfError(error);
  if (status === undefined || status < 500) {
    if (suite === undefined || status === undefined || status < 400) return undefined;
    const { retryable, ...known } = classifyStatus(status);
    return { ...known, retryable: retryable && fieldOf(error, 'retryable') === true };
  }
  const source = fieldOf(error, 'deadlineSource');
  const callersDeadline =
    source === undefined ? call.callersDeadline === true : source === 'caller';
  return classifyProblem(status, problemCodeOf(error), callersDeadline);
}

function refusedBy(error: unknown): Classification | undefined {
  const status = statusOfError(error);
  return status !== undefined && status >= 400 ? classifyStatus(status) : undefined;
}

/** The dependency has answered, but nobody can use the answer. */
function classifyUnusable(error: unknown): Classification | undefined {
  const status = statusOfError(error);
  if (isMalformedAnswer(error) || (status !== undefined && status < 300)) return PERMANENT;
  return status === undefined ? undefined : classifyStatus(status);
}

/** Several errors at once, such as one for each address of a host: the worst of them decides. */
function classifyAggregate(
  error: unknown,
  call: ClassifiedCall,
  depth: number,
): Classification | undefined {
  const errors = depth < 2 ? errorsOf(error) : [];
  if (errors.length === 0) return undefined;
  const all = errors.map((one) => classify(one, call, depth + 1));
  const failures = all.filter(({ outcome }) => outcome === 'failure');
  return (
    failures.find(({ retryable }) => !retryable) ??
    failures[0] ??
    all.find(({ outcome }) => outcome === 'neutral') ??
    all[0]
  );
}
