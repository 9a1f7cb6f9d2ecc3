import { stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { describeFormat } from '../base/format-table.js';
import { isVariableOfBuildService } from '../layers/choose-variables.js';
import { findConditions } from '../layers/kept-result.js';
import type { OpenLayers } from '../layers/open-layers.js';
import type { Artifact } from '../model/artifact.js';
import type { Ports } from '../model/ports.js';
import type { SandboxMessage } from '../model/sandbox-message.js';
import { readDeclarations } from './declared-inputs.js';
import { draftResult } from './keep-result.js';

/** Notes what a build made and under which conditions it may be given out again; nothing where it may not. */
export async function noteResult(
  build: {
    readonly message: SandboxMessage;
    readonly artifacts: readonly Artifact[];
    readonly layers: Pick<OpenLayers, 'decisions' | 'traces'>;
    readonly startedMs: number;
    readonly durationMs: number;
  },
  ports: Ports,
): Promise<void> {
  const { message, artifacts, layers } = build;
  const { resultKey, storeDirectory } = message;
  if (resultKey === undefined || storeDirectory === undefined || artifacts.length === 0) return;
  const { request, elementSet, environment } = message.plan;
  const declarations = await readDeclarations(elementSet.elements);
  const conditions = findConditions({
    decisions: layers.decisions(),
    traces: layers.traces(),
    isRepeatable: (phase, hook, element) =>
      declarations.get(element)?.repeatable.includes(`${phase}.d/${hook}`) === true,
    isLeftOut: isVariableOfBuildService,
  });
  if ('reason' in conditions) {
    ports.emit({
      kind: 'message',
      level: 'debug',
      text: `the finished image is not kept for next time: ${conditions.reason}`,
    });
    return;
  }
  const written = [...declarations.values()].flatMap((declaration) => declaration.outputs);
  const paths = written
    .map((text) => text.replace(/\$(\w+)/g, (_, name: string) => environment.values[name] ?? ''))
    .filter((path) => path !== '')
    .map((path) => (isAbsolute(path) ? path : join(request.workingDirectory, path)).replace(/\/+$/, ''));
  const outputs: { readonly path: string; readonly name: string }[] = [];
  for (const path of new Set(paths))
    if ((await stat(path).catch(() => undefined)) !== undefined)
      outputs.push({ path, name: `output-${outputs.length}` });
  await draftResult(storeDirectory, {
    imagePath: request.imagePath,
    key: resultKey,
    createdMs: build.startedMs,
    durationMs: build.durationMs,
    artifacts: artifacts.map((artifact) => {
      const { extension } = describeFormat(artifact.format);
      return { artifact, extension, name: `image.${extension}` };
    }),
    outputs,
    conditions,
  });
}
