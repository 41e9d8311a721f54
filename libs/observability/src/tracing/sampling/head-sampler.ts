import { isSpanContextValid, trace, TraceFlags, type Context } from '@opentelemetry/api';
import {
  SamplingDecision,
  TraceIdRatioBasedSampler,
  type Sampler,
  type SamplingResult,
} from '@opentelemetry/sdk-trace';

/**
 * Decides at the start of a trace by its id, the same in every process, and keeps the decision that
 * a parent has made.
 */
export class HeadSampler implements Sampler {
  private readonly roots: TraceIdRatioBasedSampler;

  /** @param recordsAll whether spans that are not sampled are recorded, for a decision at their end */
  constructor(
    private readonly ratio: number,
    private readonly recordsAll: boolean,
  ) {
    this.roots = new TraceIdRatioBasedSampler(ratio);
  }

  shouldSample(context: Context, traceId: string): SamplingResult {
    const parent = trace.getSpanContext(context);
    const sampled =
      parent && isSpanContextValid(parent)
        ? (parent.traceFlags & TraceFlags.SAMPLED) !== 0
        : this.roots.shouldSample(context, traceId).decision ===
          SamplingDecision.RECORD_AND_SAMPLED;
    if (sampled) return { decision: SamplingDecision.RECORD_AND_SAMPLED };
    return { decision: this.recordsAll ? SamplingDecision.RECORD : SamplingDecision.NOT_RECORD };
  }

  toString(): string {
    return `HeadSampler{${this.ratio}}`;
  }
}
