import { z } from 'zod';

/** A whole `svc-map` file: service → distribution, family or `default` → the name there. */
export const svcMapSchema = z
  .record(
    z.string(),
    z
      .record(z.string(), z.union([z.string(), z.null()]))
      .nullable()
      .describe('distribution, family or default → name of the service; null: its own name'),
  )
  .nullable()
  .describe('svc-map: what services are called on each distribution');
