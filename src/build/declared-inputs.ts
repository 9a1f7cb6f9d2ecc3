import { readFile } from 'node:fs/promises';
import { BuildError, hasErrorCode } from '../base/build-error.js';
import { digestOfFields, digestOfFile } from '../base/digest.js';
import { readSourceLines } from '../layers/archive-addresses.js';
import { type CacheDeclaration, type HookDeclaration, parseCacheDeclaration } from '../layers/cache-declaration.js';
import type { Declared } from '../layers/step-inputs.js';
import type { Ports } from '../model/ports.js';
import type { HookRun } from '../model/step-context.js';
import { workspace } from '../model/workspace.js';

/** What the elements declare about their hooks. */
export async function readDeclarations(
  elements: readonly { readonly name: string; readonly directory: string }[],
): Promise<ReadonlyMap<string, CacheDeclaration>> {
  const declarations = new Map<string, CacheDeclaration>();
  for (const { name, directory } of elements) {
    const path = `${directory}/cache-inputs.yaml`;
    try {
      declarations.set(name, parseCacheDeclaration(await readFile(path, 'utf8'), path));
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT')) throw error;
    }
  }
  return declarations;
}

/** What a hook declared, as it is now. */
export async function resolveDeclared(declaration: HookDeclaration, run: HookRun, ports: Ports): Promise<Declared> {
  const digests: Record<string, string> = {};
  for (const written of declaration.hostFiles) {
    const path = written.replace(/\$(\w+)/g, (_, name: string) => run.environment[name] ?? '');
    if (path === '') continue;
    digests[`file ${path}`] = await digestOfFile(path).catch(() => 'absent');
  }
  const { archivesCommand } = declaration;
  const [outputs, archives] = await Promise.all([
    Promise.all(declaration.hostCommands.map((command) => runDeclared(command, run, ports))),
    archivesCommand === undefined ? undefined : runDeclared(archivesCommand, run, ports),
  ]);
  for (const [index, command] of declaration.hostCommands.entries())
    digests[`output of ${command}`] = digestOfFields([outputs[index]?.stdout ?? '']);
  return archives === undefined
    ? { digests }
    : { digests, archives: [...new Set(readSourceLines(archives.stdout))].sort() };
}

/** Runs a declared command in the staging directory, with the hook's environment. @throws BuildError `HOOK_FAILED` */
export async function runDeclared(command: string, run: HookRun, ports: Ports): Promise<{ readonly stdout: string }> {
  const result = await ports.programs.run({
    program: 'bash',
    arguments: ['-euc', command],
    environment: run.environment,
    workingDirectory: workspace.stagingDirectory,
  });
  if (result.exitStatus === 0) return result;
  throw new BuildError({
    code: 'HOOK_FAILED',
    message: `${command} (cache-inputs.yaml of element ${run.hooks[0]?.element}) exited with ${result.exitStatus}\n${result.stderr.trimEnd()}`,
  });
}
