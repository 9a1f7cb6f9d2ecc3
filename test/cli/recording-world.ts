import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openCliPorts } from '../../src/cli/open-cli-ports.js';
import type { World } from '../../src/cli/world.js';

/** A world that remembers what was written, with a temporary working and home directory. */
export interface RecordingWorld extends World {
  readonly written: { out: string; error: string };
}

/** Opens a world for one test; its directory is removed with the test. */
export function openRecordingWorld(
  context: TestContext,
  environment: Readonly<Record<string, string>> = {},
): RecordingWorld {
  const directory = mkdtempSync(join(tmpdir(), 'dib-cli-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const written = { out: '', error: '' };
  const all = { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: directory, ...environment };
  return {
    written,
    environment: all,
    workingDirectory: directory,
    homeDirectory: directory,
    isTerminal: false,
    columns: 80,
    userId: process.getuid?.() ?? -1,
    userName: 'tester',
    hasColour: false,
    cpuCount: 2,
    nodePath: process.execPath,
    machine: 'x86_64',
    writeOut: (text) => {
      written.out += text;
    },
    writeError: (text) => {
      written.error += text;
    },
    openPorts: async (other = all) => openCliPorts(other),
    onStopSignal: () => undefined,
  };
}
