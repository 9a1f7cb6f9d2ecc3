import type { StepContext } from '../model/step-context.js';

/** Writes every requested format from the tree and the disk of the image `image0`, or of the only image. */
export async function writeArtifactsStep(context: StepContext): Promise<void> {
  const rawPaths = context.state.rawPaths ?? new Map<string, string>();
  const rawPath = rawPaths.get('image0') ?? [...rawPaths.values()][0];
  context.state.artifacts = await context.ports.writeArtifacts(rawPath, context.state.diskMountPoints ?? []);
}
