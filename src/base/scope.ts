/** What must be released, in reverse order of registration. */
export interface Scope {
  /** Registers a release on the line that acquires. */
  onClose(name: string, release: () => void | Promise<void>): void;
  /** Releases everything once, each step attempted whatever the earlier ones did; all failures in one AggregateError. */
  close(): Promise<void>;
}

/** Opens an empty scope. */
export function openScope(): Scope {
  let releases: { readonly name: string; readonly release: () => void | Promise<void> }[] = [];
  return {
    onClose(name, release) {
      releases.push({ name, release });
    },
    async close() {
      const failures: Error[] = [];
      const pending = releases.reverse();
      releases = [];
      for (const { name, release } of pending) {
        try {
          await release();
        } catch (error) {
          failures.push(new Error(`releasing ${name} failed`, { cause: error }));
        }
      }
      if (failures.length > 0)
        throw new AggregateError(failures, failures.map((failure) => failure.message).join('; '));
    },
  };
}

/** Runs work inside a scope and closes it whatever happens; the work's own failure wins over a failing release. */
export async function withScope<Result>(work: (scope: Scope) => Promise<Result>): Promise<Result> {
  const scope = openScope();
  let result: Result;
  try {
    result = await work(scope);
  } catch (error) {
    await scope.close().catch(() => undefined);
    throw error;
  }
  await scope.close();
  return result;
}
