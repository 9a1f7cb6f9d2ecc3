import { type BuildError, faultsOf } from '../../src/base/build-error.js';

/** The faults that a call throws; fails when it throws none. */
export function thrownFaults(call: () => unknown): readonly BuildError[] {
  try {
    call();
  } catch (error) {
    const faults = faultsOf(error);
    if (faults.length > 0) return faults;
    throw error;
  }
  throw new Error('nothing was thrown');
}
