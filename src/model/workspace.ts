/**
 * The places of a build inside its private namespace: the same in every build, so that nothing random enters
 * images or keys.
 */
export const workspace = {
  /** Mount point of the workspace. */
  root: '/dib',
  /** `TMP_BUILD_DIR`. */
  buildDirectory: '/dib/build',
  /** `TMP_IMAGE_DIR`. */
  imageDirectory: '/dib/image',
  /** `TMP_MOUNT_PATH`: the tree. */
  treeDirectory: '/dib/build/mnt',
  /** `TMP_HOOKS_PATH`: the staging directory. */
  stagingDirectory: '/dib/build/hooks',
  /** Kernel file systems, made once, bound into the tree where a phase wants them. */
  kernelDirectory: '/dib/kernel',
  /** Scratch of the engine itself. */
  scratchDirectory: '/dib/scratch',
} as const;

/** Where the staging directory is seen inside the chroot. */
export const stagingInTarget = '/tmp/in_target.d';
