import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type BuiltTree, buildTree } from './build-tree.js';

/** Arguments: SCRATCH, with `base`, and how many hooks. Builds twice with a layer for each hook; prints what came of it. */
const [scratch = '', countText = '0'] = process.argv.slice(2);
const count = Number(countText);
const write = (path: string, text: string, mode: number): void => {
  mkdirSync(dirname(`${scratch}/elements/${path}`), { recursive: true });
  writeFileSync(`${scratch}/elements/${path}`, text);
  chmodSync(`${scratch}/elements/${path}`, mode);
};
write('os/element-provides', 'operating-system\n', 0o644);
write('os/root.d/10-root', `#!/bin/bash\nset -eu\ncp -a ${scratch}/base/. "$TARGET_ROOT/"\n`, 0o755);
for (let index = 0; index < count; index += 1)
  write(
    `os/install.d/${String(100 + index)}-hook`,
    `#!/bin/bash\nset -eu\necho ${index} > /made/f${index}\necho ${index} >> /made/all\n`,
    0o755,
  );
const build = (cacheMode: string): Promise<BuiltTree> =>
  buildTree({
    elementsDirectory: `${scratch}/elements`,
    elements: ['os'],
    variables: { DIB_CACHE_MERGE_MS: '0' },
    cacheMode,
    cacheDirectory: `${scratch}/cache`,
    imageName: '/tmp/image',
  });
const first = await build('on');
const startMs = performance.now();
const again = await build('on');
const warmMs = performance.now() - startMs;
const cold = await build('off');
console.log(
  JSON.stringify({
    errors: [first.error, again.error, cold.error],
    isSame: first.digest === cold.digest && again.digest === cold.digest,
    depth: Math.max(...again.decisions.map((decision) => decision.depth)),
    ranCount: again.decisions.filter((decision) => decision.outcome === 'run' && decision.phase === 'install').length,
    warmMs: Math.round(warmMs),
  }),
);
process.exit(0);
