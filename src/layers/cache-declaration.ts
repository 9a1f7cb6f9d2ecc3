import { parse } from 'yaml';
import { z } from 'zod';
import { BuildError } from '../base/build-error.js';

/** What an element says of one of its hooks in `cache-inputs.yaml`. */
export interface HookDeclaration {
  /** The hook changes nothing but the tree, and reads nothing but what is listed here and what is seen anyway. */
  readonly isPure: boolean;
  /** It must run each time. */
  readonly isNever: boolean;
  readonly maximumAgeMs?: number;
  /** Files of the host, `$NAME` stands for variables of the hook's environment. */
  readonly hostFiles: readonly string[];
  /** Shell commands whose output is an input; run in the staging directory. */
  readonly hostCommands: readonly string[];
  /** A shell command that prints lines of a `sources.list`: the archives that the hook uses. */
  readonly archivesCommand?: string;
  /** Variables that name places of the host, such as a cache: the hook does the same wherever that is. */
  readonly placeVariables: readonly string[];
  /** A shell command run in place of the hook when it is reused: what it does beside the tree, such as mounts. */
  readonly afterReuse?: string;
}

/** What an element says in `cache-inputs.yaml`. */
export interface CacheDeclaration {
  /** Places in the tree on which caches are mounted: what is in them changes no result. */
  readonly cacheMounts: readonly string[];
  /** By `phase.d/hook`. */
  readonly hooks: ReadonlyMap<string, HookDeclaration>;
  /**
   * Hooks of the host that run in each build, as `phase.d/hook`, but do the same again when the tree, the staging
   * directory and their environment are the same: a finished image may be given out again without them.
   */
  readonly repeatable: readonly string[];
  /** Files and directories on the host that hooks write for the caller; `$NAME` stands for variables. */
  readonly outputs: readonly string[];
}

const hookSchema = z.strictObject({
  pure: z.boolean().default(false),
  never: z.boolean().default(false),
  'maximum-age-hours': z.number().min(0).optional(),
  'host-files': z.array(z.string()).default([]),
  'host-commands': z.array(z.string()).default([]),
  'archives-command': z.string().optional(),
  'place-variables': z.array(z.string().regex(/^\w+$/, 'is not a name of a variable')).default([]),
  'after-reuse': z.string().optional(),
});

const hookName = z.string().regex(/^[a-z-]+\.d\/\S+$/, 'is not phase.d/hook');

const schema = z.strictObject({
  'cache-mounts': z.array(z.string().startsWith('/')).default([]),
  hooks: z.record(hookName, hookSchema).default({}),
  repeatable: z.array(hookName).default([]),
  outputs: z.array(z.string()).default([]),
});

/**
 * Reads a `cache-inputs.yaml`.
 *
 * @param where the file, for messages
 * @throws BuildError `YAML_INVALID`
 */
export function parseCacheDeclaration(text: string, where: string): CacheDeclaration {
  let document: unknown;
  try {
    document = parse(text) ?? {};
  } catch (error) {
    throw new BuildError({ code: 'YAML_INVALID', message: `${where} is not YAML: ${String(error)}`, where });
  }
  const result = schema.safeParse(document);
  if (!result.success) {
    const issues = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new BuildError({ code: 'YAML_INVALID', message: [`${where} is wrong:`, ...issues].join('\n  '), where });
  }
  const hooks = Object.entries(result.data.hooks).map(([name, hook]): [string, HookDeclaration] => [
    name,
    {
      isPure: hook.pure,
      isNever: hook.never,
      ...(hook['maximum-age-hours'] === undefined ? {} : { maximumAgeMs: hook['maximum-age-hours'] * 3_600_000 }),
      hostFiles: hook['host-files'],
      hostCommands: hook['host-commands'],
      ...(hook['archives-command'] === undefined ? {} : { archivesCommand: hook['archives-command'] }),
      placeVariables: hook['place-variables'],
      ...(hook['after-reuse'] === undefined ? {} : { afterReuse: hook['after-reuse'] }),
    },
  ]);
  return {
    cacheMounts: result.data['cache-mounts'],
    hooks: new Map(hooks),
    repeatable: result.data.repeatable,
    outputs: result.data.outputs,
  };
}
