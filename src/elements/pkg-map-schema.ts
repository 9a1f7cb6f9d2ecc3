import { z } from 'zod';

const packagesSchema = z
  .union([z.string(), z.null(), z.array(z.string())], 'packages are a text or a list of texts')
  .describe('packages, separated by blanks, or a list; empty: nothing to install');

const namesSchema = z.record(z.string(), packagesSchema).nullable();

/** A whole `pkg-map` file. Later sections win: default, family, distro, release. */
export const pkgMapSchema = z
  .strictObject({
    $schema: z.string().optional(),
    release: z
      .record(z.string(), z.record(z.string(), namesSchema).nullable())
      .nullable()
      .optional()
      .describe('distribution → release → name → packages'),
    distro: z.record(z.string(), namesSchema).nullable().optional().describe('distribution → name → packages'),
    family: z.record(z.string(), namesSchema).nullable().optional().describe('family → name → packages'),
    default: namesSchema.optional().describe('name → packages'),
  })
  .describe('pkg-map: what the packages of an element are called on each distribution');

export type PkgMapFile = z.output<typeof pkgMapSchema>;
