import { z } from 'zod';
import type { BuildEvent } from '../model/event.js';
import { phases } from '../model/phase.js';

const outcome = z.enum(['done', 'reused', 'failed']);
const durationMs = z.number().nonnegative();
const phase = z.enum(phases);

/** The stream as data: what `--log-format json` prints, one object a line. */
export const eventSchema = z.discriminatedUnion('kind', [
  event('build-started', {
    version: z.string(),
    elements: z.array(z.string()),
    formats: z.array(z.string()),
    stepCount: z.int().nonnegative(),
  }),
  event('step-started', {
    step: z.string(),
    title: z.string(),
    index: z.int().positive(),
    count: z.int().positive(),
  }),
  event('step-finished', { step: z.string(), title: z.string(), durationMs, outcome }),
  event('phase-started', { phase, place: z.enum(['host', 'chroot']), hookCount: z.int().nonnegative() }),
  event('phase-finished', { phase, durationMs }),
  event('hook-started', { phase, hook: z.string(), element: z.string() }),
  event('hook-finished', {
    phase,
    hook: z.string(),
    element: z.string(),
    durationMs,
    exitStatus: z.int().min(0).max(255),
    outcome,
  }),
  event('output', { stream: z.enum(['stdout', 'stderr']), source: z.string(), text: z.string() }),
  event('message', { level: z.enum(['debug', 'info', 'warning', 'error']), text: z.string() }),
  event('progress', { task: z.string(), share: z.number().min(0).max(1), detail: z.string().exactOptional() }),
  event('artifact-written', {
    path: z.string(),
    format: z.string(),
    sizeBytes: z.int().nonnegative(),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .exactOptional(),
  }),
  event('build-finished', {
    durationMs,
    outcome: z.enum(['done', 'failed', 'interrupted']),
    exitStatus: z.int().min(0).max(255),
  }),
]);

/** Holds the schema and the type together: an event that one of them lacks does not compile. */
type Same<Left, Right> = [Left] extends [Right] ? ([Right] extends [Left] ? true : never) : never;
true satisfies Same<z.infer<typeof eventSchema>['kind'], BuildEvent['kind']>;
true satisfies z.infer<typeof eventSchema> extends BuildEvent ? true : never;

/** The text of `assets/schema/event.schema.json`, JSON Schema draft 2020-12. */
export function formatEventSchema(): string {
  const schema = z.toJSONSchema(eventSchema, { target: 'draft-2020-12' });
  const titled = { title: 'BuildEvent', description: 'One line of `--log-format json`.', ...schema };
  return `${JSON.stringify(titled, undefined, 2)}\n`;
}

function event<Kind extends BuildEvent['kind'], Shape extends z.core.$ZodLooseShape>(kind: Kind, shape: Shape) {
  const atMs = z.number().describe('Milliseconds since 1970-01-01 UTC.');
  return z.strictObject({ kind: z.literal(kind), atMs, ...shape });
}
