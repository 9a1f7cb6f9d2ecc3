import { BuildError } from '../base/build-error.js';
import type { Ports } from '../model/ports.js';

/** What is imported, and as what. */
export interface DockerImport {
  /** The tree as a gzip compressed tar. */
  readonly layerPath: string;
  /** `--docker-target`. */
  readonly target: string;
  /** The archive that holds the same image, for messages. */
  readonly archivePath: string;
}

/**
 * Imports the tree as an image, with docker or podman, whichever is found first.
 *
 * Without either nothing is imported, with a warning that names the archive.
 *
 * @throws BuildError `COMMAND_FAILED` when the import fails
 */
export async function importIntoDaemon(image: DockerImport, ports: Ports): Promise<void> {
  const program = ['docker', 'podman'].find((name) => ports.programs.find(name) !== undefined);
  if (program === undefined) {
    ports.emit({
      kind: 'message',
      level: 'warning',
      text: `neither docker nor podman is here: ${image.target} was not imported; load it from ${image.archivePath}`,
    });
    return;
  }
  const result = await ports.programs.run({ program, arguments: ['import', image.layerPath, image.target] });
  if (result.exitStatus === 0) return;
  throw new BuildError({
    code: 'COMMAND_FAILED',
    message: `${program} import ${image.target} exited with ${result.exitStatus}: ${result.stderr.trim()}`,
    hint: `the image is complete in ${image.archivePath}: ${program} load --input ${image.archivePath}`,
  });
}
