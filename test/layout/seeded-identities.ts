import { createHash } from 'node:crypto';
import type { Identities } from '../../src/model/ports.js';

/** Identifiers that derive from their purpose alone, so that expectations can be exact. */
export const seededIdentities: Identities = {
  uuid(purpose) {
    const digits = createHash('sha512').update(purpose).digest('hex');
    return [8, 4, 4, 4, 12]
      .map((length, index) => digits.slice([0, 8, 12, 16, 20][index], ([0, 8, 12, 16, 20][index] ?? 0) + length))
      .join('-');
  },
  bytes: (purpose, count) => new Uint8Array(createHash('sha512').update(purpose).digest().subarray(0, count)),
};
