import { z } from 'zod';
import { BuildError } from '../base/build-error.js';
import { formatBytes } from '../base/units.js';
import { compareNamed } from './compare-packages.js';
import type { ImageDiff } from './image-diff.js';

const schema = z.object({
  manifestVersion: z.literal(1),
  elements: z.array(z.object({ name: z.string(), sha256: z.string() })),
  artifacts: z.array(z.object({ format: z.string(), sizeBytes: z.number() })),
});

/**
 * How the builds that two manifests tell of differ: elements by digest, finished files by size.
 *
 * @throws BuildError `YAML_INVALID` when one is no manifest
 */
export function compareManifests(before: unknown, after: unknown): Omit<ImageDiff, 'before' | 'after'> {
  const [one, other] = [read(before, 'the first'), read(after, 'the second')];
  const elements = compareNamed(digestsOf(one), digestsOf(other));
  const artifacts = compareNamed(sizesOf(one), sizesOf(other));
  return { isSame: elements.length === 0 && artifacts.length === 0, elements, packages: [], artifacts, causes: [] };
}

type Manifest = z.infer<typeof schema>;

function read(value: unknown, which: string): Manifest {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new BuildError({
    code: 'YAML_INVALID',
    message: `${which} file is no manifest of a build: ${result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`,
  });
}

function digestsOf({ elements }: Manifest): ReadonlyMap<string, string> {
  return new Map(elements.map(({ name, sha256 }) => [name, sha256.slice(0, 12)]));
}

function sizesOf({ artifacts }: Manifest): ReadonlyMap<string, string> {
  return new Map(artifacts.map(({ format, sizeBytes }) => [format, formatBytes(sizeBytes)]));
}
