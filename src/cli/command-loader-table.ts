import type { CommandBody } from './command-row.js';

/** Loads the code of a command, only when it runs, by its name in the tables. */
export const commandLoaderTable: Readonly<Record<string, () => Promise<CommandBody>>> = {
  build: async () => (await import('./commands/build.js')).runBuildCommand,
  plan: async () => (await import('./commands/plan.js')).runPlanCommand,
  layout: async () => (await import('./commands/layout.js')).runLayout,
  explain: async () => (await import('./commands/explain.js')).runExplain,
  shell: async () => (await import('./commands/shell.js')).runShell,
  blame: async () => (await import('./commands/blame.js')).runBlame,
  'layers list': async () => (await import('./commands/layers-list.js')).runLayersList,
  'layers gc': async () => (await import('./commands/layers-gc.js')).runLayersGc,
  'elements list': async () => (await import('./commands/elements-list.js')).runElementsList,
  'elements show': async () => (await import('./commands/elements-show.js')).runElementsShow,
  'elements resolve': async () => (await import('./commands/elements-resolve.js')).runElementsResolve,
  'elements digest': async () => (await import('./commands/elements-digest.js')).runElementsDigest,
  paths: async () => (await import('./commands/paths.js')).runPaths,
  lint: async () => (await import('./commands/lint.js')).runLint,
  test: async () => (await import('./commands/test.js')).runTestCommand,
  boot: async () => (await import('./commands/boot.js')).runBoot,
  completion: async () => (await import('./commands/completion.js')).runCompletion,
  'disk-image-create': async () => (await import('./commands/build.js')).runBuildCommand,
  'ramdisk-image-create': async () => (await import('./commands/build.js')).runBuildCommand,
  'diskimage-builder': async () => (await import('./commands/diskimage-builder.js')).runDiskimageBuilder,
  'element-info': async () => (await import('./commands/element-info.js')).runElementInfo,
  'dib-lint': async () => (await import('./commands/lint.js')).runDibLint,
  'dib-run-parts': async () => (await import('./commands/dib-run-parts.js')).runDibRunParts,
  'dib-block-device': async () => (await import('./commands/dib-block-device.js')).runDibBlockDevice,
};
