import { readdir, rm, stat } from 'node:fs/promises';
import { digestOfFields } from '../base/digest.js';
import type { Artifact } from '../model/artifact.js';
import type { Phase } from '../model/phase.js';
import type { Decision, StepTrace } from './layer-record.js';
import { readSealed, writeSealed } from './layer-store.js';

/** A finished image that may be given out again, with everything that must still be so. */
export interface KeptResult {
  readonly imagePath: string;
  /** Over what is known before anything runs: the request, the elements, the environment, this program. */
  readonly key: string;
  readonly createdMs: number;
  /** What the build took. */
  readonly durationMs: number;
  readonly artifacts: readonly KeptArtifact[];
  /** What hooks wrote for the caller beside the artifacts: absolute path, and name in the result's directory. */
  readonly outputs: readonly { readonly path: string; readonly name: string }[];
  readonly conditions: ResultConditions;
}

/** A file of a result. */
export interface KeptArtifact {
  readonly artifact: Artifact;
  readonly extension: string;
  /** In the result's directory. */
  readonly name: string;
  /** As it was when it was kept: when the caller writes to the file, whose name this may be too, it is of no use. */
  readonly modifiedNs: string;
}

/** What is looked at again before a result is given out. */
export interface ResultConditions {
  /** Digests of release files, by address. */
  readonly archives: Readonly<Record<string, string>>;
  /** Of hooks with declared inputs, as `phase.d/hook`: files and commands of the host. */
  readonly declared: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Variables of build services, which the key leaves out, that a hook has read. */
  readonly variables: Readonly<Record<string, string>>;
  readonly expiresMs?: number;
}

/** What must still be so for the result of these steps, or why it cannot be kept. */
export function findConditions(options: {
  readonly decisions: readonly Decision[];
  readonly traces: readonly StepTrace[];
  readonly isRepeatable: (phase: Phase, hook: string, element: string) => boolean;
  /** Variables that the key does not hold. */
  readonly isLeftOut: (variable: string) => boolean;
}): ResultConditions | { readonly reason: string } {
  const archives: Record<string, string> = {};
  const declared: Record<string, Readonly<Record<string, string>>> = {};
  const variables: Record<string, string> = {};
  let expiresMs: number | undefined;
  for (const [index, trace] of options.traces.entries()) {
    const names = trace.hooks.map((hook) => `${trace.phase}.d/${hook.name}`).join(', ');
    if (options.decisions[index]?.outcome === 'failed' || trace.inputs === undefined)
      return { reason: `${names} failed` };
    if (trace.record === undefined) {
      const isKnown = trace.hooks.every((hook) => options.isRepeatable(trace.phase, hook.name, hook.element));
      if (!isKnown || trace.notKept.length > 0) return { reason: `${names} must run each time` };
    } else {
      const { host } = trace.inputs;
      const own = Object.entries(host).filter(([name]) => name.startsWith('file ') || name.startsWith('output of '));
      const [first] = trace.hooks;
      // Only a hook that begins a layer has declared inputs.
      if (own.length > 0 && first !== undefined) declared[`${trace.phase}.d/${first.name}`] = Object.fromEntries(own);
    }
    if (Object.keys(trace.inputs.mounts).length > 0) return { reason: `${names} saw what others had mounted` };
    for (const [address, digest] of Object.entries(trace.inputs.archives)) {
      if ((archives[address] ?? digest) !== digest) return { reason: `${address} changed during the build` };
      archives[address] = digest;
    }
    for (const [name, digest] of Object.entries(trace.inputs.variables)) {
      if (!options.isLeftOut(name)) continue;
      if (trace.salt !== undefined) return { reason: `${names} came from another store, which hides what ${name} was` };
      variables[name] = digest;
    }
    if (trace.expiresMs !== undefined) expiresMs = Math.min(expiresMs ?? trace.expiresMs, trace.expiresMs);
  }
  return { archives, declared, variables, ...(expiresMs === undefined ? {} : { expiresMs }) };
}

/** The directory of an image's result: one for each image path. */
export function resultDirectory(storeDirectory: string, imagePath: string): string {
  return `${storeDirectory}/results/${digestOfFields([imagePath]).slice(0, 32)}`;
}

/** The result of an image path that can be read, with its files as they were; undefined else. */
export async function readKeptResult(directory: string): Promise<KeptResult | undefined> {
  const result = await readSealed<KeptResult>(`${directory}/result.json`);
  if (result === undefined) return undefined;
  for (const { name, modifiedNs, artifact } of result.artifacts) {
    const status = await stat(`${directory}/${name}`, { bigint: true }).catch(() => undefined);
    if (status === undefined || String(status.mtimeNs) !== modifiedNs || Number(status.size) !== artifact.sizeBytes)
      return undefined;
  }
  return result;
}

/** Writes the record of a result whose files are there. */
export async function writeKeptResult(directory: string, result: KeptResult): Promise<void> {
  await writeSealed(`${directory}/result.json`, result);
}

/** A result as garbage collection sees it. */
export interface StoredResult {
  readonly directory: string;
  readonly sizeBytes: number;
  readonly lastUsedMs: number;
}

/** All results of a store. */
export async function listResults(storeDirectory: string): Promise<readonly StoredResult[]> {
  const base = `${storeDirectory}/results`;
  const found: StoredResult[] = [];
  for (const entry of await readdir(base).catch(() => [])) {
    const directory = `${base}/${entry}`;
    let sizeBytes = 0;
    let lastUsedMs = 0;
    for (const name of await readdir(directory).catch(() => [])) {
      const status = await stat(`${directory}/${name}`).catch(() => undefined);
      if (status?.isFile()) sizeBytes += status.blocks * 512;
      if (name === 'result.json') lastUsedMs = status?.mtimeMs ?? 0;
    }
    found.push({ directory, sizeBytes, lastUsedMs });
  }
  return found;
}

/** Takes a result away. */
export async function removeResult(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
}
