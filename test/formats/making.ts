import { join } from 'node:path';
import type { Scope } from '../../src/base/scope.js';
import type { Making, OutputOptions } from '../../src/formats/output-options.js';
import { openTestPorts } from './open-test-ports.js';

/** What makers get, for artifacts `image.*` in a directory. */
export function makingIn(directory: string, scope: Scope, change: Partial<OutputOptions> = {}): Making {
  const options: OutputOptions = {
    formats: [],
    imagePath: join(directory, 'image'),
    imageName: 'image',
    compress: true,
    checksums: [],
    gzipProgram: 'gzip',
    overwritesOldImage: false,
    architecture: 'amd64',
    cpuCount: 2,
    ...change,
  };
  return { options, ports: openTestPorts(), scope, scratchDirectory: directory };
}
