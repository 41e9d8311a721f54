import { runInDeferredContext } from '@loyalnest/core/toolkit';
import type { Call, Operation } from '../policy/call.js';

/** The attempt that an operation runs in. */
export interface Attempt {
  /** Aborts when the attempt times out, the deadline passes or the caller aborts. */
  readonly signal: AbortSignal | undefined;
  /** 1 for the first. */
  readonly attempt: number;
}

export type ResilientOperation<T> = (attempt: Attempt) => Promise<T>;

/** The innermost operation of a pipeline without a method: runs the operation in its argument. */
export const invokeOperation: Operation = (call) =>
  call.altered ? runInDeferredContext(call, invoke, call) : invoke(call);

function invoke({ args, signal, attempt }: Call): Promise<unknown> {
  const operation = args[0] as ResilientOperation<unknown>;
  try {
    return Promise.resolve(operation({ signal, attempt }));
  } catch (error) {
    return Promise.reject(error as Error);
  }
}
