import { readdir } from 'node:fs/promises';
import type { UnitRecord } from './layer-record.js';
import { isSealedName, readSealed } from './layer-store.js';

/** All records of a store that can be read, oldest first. */
export async function listRecords(storeDirectory: string): Promise<readonly UnitRecord[]> {
  const base = `${storeDirectory}/records`;
  const records: UnitRecord[] = [];
  for (const parent of await readdir(base).catch(() => [])) {
    for (const phase of await readdir(`${base}/${parent}`).catch(() => [])) {
      for (const name of await readdir(`${base}/${parent}/${phase}`).catch(() => [])) {
        if (!isSealedName(name)) continue;
        const record = await readSealed<UnitRecord>(`${base}/${parent}/${phase}/${name}`);
        if (record !== undefined) records.push(record);
      }
    }
  }
  return records.sort((left, right) => left.createdMs - right.createdMs);
}
