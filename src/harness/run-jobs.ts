import { gibibyte } from '../base/units.js';

/** What one build takes when it works in memory: a Debian tree, its disk and the programs, measured with `vm debian-minimal`. */
export const buildMemoryBytes = 2.5 * gibibyte;

/** A piece of work that wants memory of its own. */
export interface Job {
  readonly name: string;
  readonly memoryBytes: number;
}

/** What {@link runJobs} needs. */
export interface RunJobsOptions<OneJob extends Job, Result> {
  /** In the order in which they are to start. */
  readonly jobs: readonly OneJob[];
  /** At most so many side by side. At least 1. */
  readonly maximumJobs: number;
  /** Memory that is free now, in bytes; undefined where that is not known. Asked before each job. */
  readonly availableBytes: () => Promise<number | undefined>;
  readonly run: (job: OneJob) => Promise<Result>;
  /** After a result for which this holds no more jobs start; those that run are waited for. */
  readonly stopsAfter?: (result: Result) => boolean;
}

/**
 * Runs jobs side by side, as many as were allowed and as fit into the memory.
 *
 * A job starts when it is the only one, or when what is free holds it and all that the running ones have asked for but
 * may not have taken yet, counted against what was free at the start. Jobs start in order: a large one is not overtaken.
 *
 * @returns the results by job; a job that was not started has none
 * @throws what a job throws, after the other jobs have ended
 */
export async function runJobs<OneJob extends Job, Result>(
  options: RunJobsOptions<OneJob, Result>,
): Promise<ReadonlyMap<OneJob, Result>> {
  const { jobs, maximumJobs } = options;
  const results = new Map<OneJob, Result>();
  const running = new Map<OneJob, Promise<void>>();
  const failures: unknown[] = [];
  let isStopped = false;
  const budgetBytes = await options.availableBytes();

  const start = (job: OneJob): void => {
    const work = async (): Promise<void> => {
      try {
        const result = await options.run(job);
        results.set(job, result);
        if (options.stopsAfter?.(result) === true) isStopped = true;
      } catch (error) {
        failures.push(error);
        isStopped = true;
      }
      running.delete(job);
    };
    running.set(job, work());
  };

  for (const job of jobs) {
    while (running.size > 0 && !isStopped && !(running.size < maximumJobs && (await fits(job))))
      await Promise.race(running.values());
    if (isStopped) break;
    start(job);
  }
  await Promise.all(running.values());
  if (failures.length > 0) throw failures[0];
  return results;

  async function fits(job: OneJob): Promise<boolean> {
    const freeBytes = await options.availableBytes();
    if (freeBytes === undefined || budgetBytes === undefined) return true;
    const reservedBytes = [...running.keys()].reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
    return reservedBytes + job.memoryBytes <= budgetBytes && job.memoryBytes <= freeBytes;
  }
}
