import type { ChainableCommander } from 'ioredis';

/**
 * Executes a pipeline and resolves with its results in order.
 *
 * @throws the error of the first command that failed
 */
export async function readPipeline<Result>(pipeline: ChainableCommander): Promise<Result[]> {
  const replies = (await pipeline.exec()) ?? [];
  return replies.map(([error, result]) => {
    if (error) throw error;
    return result as Result;
  });
}
