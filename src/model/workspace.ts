/** The places of a build inside its private namespace. */
export interface Workspace {
  /** Mount point of the workspace. */
  readonly root: string;
  /** `TMP_BUILD_DIR`. */
  readonly buildDirectory: string;
  /** `TMP_IMAGE_DIR`. */
  readonly imageDirectory: string;
  /** `TMP_MOUNT_PATH`: the tree. */
  readonly treeDirectory: string;
  /** `TMP_HOOKS_PATH`: the staging directory. */
  readonly stagingDirectory: string;
  /** Kernel file systems, made once, bound into the tree where a phase wants them. */
  readonly kernelDirectory: string;
  /** Scratch of the engine itself. */
  readonly scratchDirectory: string;
  /** Where the layer store is seen, mounted once: renames inside it work whatever its own path is. */
  readonly layersDirectory: string;
  /** `TMPDIR` of hooks on the host: what they leave there goes with the workspace. */
  readonly temporaryDirectory: string;
}

/** The workspace below a directory. */
export function workspaceBelow(root: string): Workspace {
  return {
    root,
    buildDirectory: `${root}/build`,
    imageDirectory: `${root}/image`,
    treeDirectory: `${root}/build/mnt`,
    stagingDirectory: `${root}/build/hooks`,
    kernelDirectory: `${root}/kernel`,
    scratchDirectory: `${root}/scratch`,
    layersDirectory: `${root}/layers`,
    temporaryDirectory: `${root}/tmp`,
  };
}

/** The same places in every build, so that nothing random enters images or keys. */
export const workspace: Workspace = workspaceBelow('/dib');

/** Where the staging directory is seen inside the chroot. */
export const stagingInTarget = '/tmp/in_target.d';
