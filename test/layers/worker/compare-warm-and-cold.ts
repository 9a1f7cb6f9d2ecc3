import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { buildTree } from './build-tree.js';
import { findUnexplained } from './find-unexplained.js';
import { type Edit, type Elements, editElements, openRandom, pick, randomElements } from './random-elements.js';

/** Arguments: SEED EDITS SCRATCH BASE. Prints one JSON line with the counts; ends with 1 at the first difference. */
const [seedText = '1', editText = '10', scratch = '', base = ''] = process.argv.slice(2);
const editCount = Number(editText);
const editsOfSet = 12;
let differenceCount = 0;
let reusedCount = 0;
let runCount = 0;
let explainedCount = 0;
let editedCount = 0;
let unexplainedCount = 0;
const descriptions = new Map<string, number>();
const startMs = performance.now();
let warmMs = 0;
let coldMs = 0;

for (let done = 0; done < editCount && differenceCount === 0; ) {
  const random = openRandom(Number(seedText) * 1_000_003 + done);
  const elements = randomElements(random);
  const state = { variables: {} as Record<string, string>, used: new Set(elements.keys()) };
  const cacheDirectory = `${scratch}/cache`;
  rmSync(cacheDirectory, { recursive: true, force: true });
  const mergeBelowMs = pick(random, ['0', '20', '60', '300']);
  const history: string[] = [`set ${done}, merging below ${mergeBelowMs} ms`];
  for (let index = 0; index <= editsOfSet && differenceCount === 0; index += 1) {
    let edit: Edit | undefined;
    if (index > 0) {
      edit = editElements(random, elements, state);
      history.push(edit.description);
      editedCount += 1;
      const kind = edit.description.split(' ')[0] ?? '';
      descriptions.set(kind, (descriptions.get(kind) ?? 0) + 1);
    }
    writeElements(elements);
    const shared = {
      elementsDirectory: `${scratch}/elements`,
      elements: ['fake', 'package-installs', ...state.used],
      cacheDirectory,
      imageName: '/tmp/image',
    };
    const variables = { ...state.variables, DIB_CACHE_MERGE_MS: mergeBelowMs };
    const beforeMs = performance.now();
    const warm = await buildTree({ ...shared, variables, cacheMode: 'on' });
    const betweenMs = performance.now();
    const cold = await buildTree({ ...shared, variables, cacheMode: 'off' });
    warmMs += betweenMs - beforeMs;
    coldMs += performance.now() - betweenMs;
    for (const decision of warm.decisions) {
      if (decision.outcome === 'reused') reusedCount += decision.hooks.length;
      else runCount += decision.hooks.length;
    }
    if (edit !== undefined) {
      const { explained, unexplained } = findUnexplained(warm.decisions, edit.marks);
      explainedCount += explained;
      if (unexplained.length > 0) {
        unexplainedCount += 1;
        if (unexplainedCount <= 5)
          console.error(
            `${history.join('\n')}\nmarks: ${edit.marks.join(' | ')}\n${unexplained.join('\n')}\n${JSON.stringify(warm.decisions, undefined, 1)}`,
          );
      }
    }
    if (process.env.SHOW_DECISIONS === '1') console.error(history.at(-1), JSON.stringify(warm.decisions, undefined, 1));
    if (
      (warm.error === undefined) !== (cold.error === undefined) ||
      (cold.error === undefined && warm.digest !== cold.digest)
    ) {
      differenceCount += 1;
      console.error(history.join('\n'));
      console.error(warm.error ?? '', cold.error ?? '');
      const onlyIn = (left: readonly string[], right: readonly string[]) =>
        left.filter((line) => !right.includes(line));
      console.error('only warm:\n', onlyIn(warm.listing, cold.listing).join('\n '));
      console.error('only cold:\n', onlyIn(cold.listing, warm.listing).join('\n '));
      console.error(JSON.stringify(warm.decisions, undefined, 1));
      console.error(
        JSON.stringify(
          [...elements].map(([name, files]) => [name, [...files]]),
          undefined,
          1,
        ),
      );
    }
  }
  done += editsOfSet;
}
console.log(
  JSON.stringify({
    differenceCount,
    unexplainedCount,
    explainedCount,
    editedCount,
    kinds: Object.fromEntries(descriptions),
    reusedCount,
    runCount,
    warmMs: Math.round(warmMs),
    coldMs: Math.round(coldMs),
    totalMs: Math.round(performance.now() - startMs),
  }),
);
process.exit(differenceCount + unexplainedCount === 0 ? 0 : 1);

function writeElements(elements: Elements): void {
  rmSync(`${scratch}/elements`, { recursive: true, force: true });
  const write = (path: string, text: string, mode: number): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, mode);
  };
  mkdirSync(`${scratch}/elements/package-installs`, { recursive: true });
  write(`${scratch}/elements/fake/element-provides`, 'operating-system\n', 0o644);
  write(
    `${scratch}/elements/fake/root.d/10-root`,
    `#!/bin/bash\nset -eu\ncp -a ${base}/. "$TARGET_ROOT/"\nmkdir -p "$TARGET_ROOT/made/d1" "$TARGET_ROOT/made/d2"\n`,
    0o755,
  );
  for (const [name, files] of elements) {
    mkdirSync(`${scratch}/elements/${name}`, { recursive: true });
    for (const [path, file] of files) {
      const full = `${scratch}/elements/${name}/${path}`;
      if (file.linkTarget === undefined) write(full, file.text, file.mode);
      else {
        mkdirSync(dirname(full), { recursive: true });
        symlinkSync(file.linkTarget, full);
      }
    }
  }
}
