/** Files of elements: element → path → file. */
export type Elements = Map<string, Map<string, ElementFile>>;

export interface ElementFile {
  readonly text: string;
  readonly mode: number;
  readonly linkTarget?: string;
}

/** A number from 0 to below the limit; the same row for the same seed (mulberry32). */
export type Random = (limit: number) => number;

export function openRandom(seed: number): Random {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return Math.floor((((value ^ (value >>> 14)) >>> 0) / 4_294_967_296) * limit);
  };
}

export function pick<Value>(random: Random, values: readonly Value[]): Value {
  const value = values[random(values.length)];
  if (value === undefined) throw new Error('nothing to pick from');
  return value;
}

const phases = ['pre-install', 'install', 'post-install', 'finalise'] as const;
const hostPhases = ['extra-data', 'post-root', 'pre-finalise', 'cleanup'] as const;
const variables = ['DIB_P1', 'DIB_P2', 'DIB_P3', 'PLAIN_P', 'IMAGE_NAME'] as const;
const dataNames = ['a', 'b', 'c', 'd'] as const;
const fileNames = ['f1', 'f2', 'f3', 'f4', 'd1/x', 'd1/y', 'd2/x'] as const;

/** Lines of hooks that run inside: each reads something and changes the tree. */
const lineMakers: readonly ((random: Random) => string)[] = [
  (random) => `put /made/${pick(random, fileNames)} "value ${random(20)}"`,
  (random) => `add /made/${pick(random, fileNames)} "more ${random(20)}"`,
  (random) => `rm -f /made/${pick(random, fileNames)}`,
  (random) => `rm -rf /made/${pick(random, ['d1', 'd2', 'tree'])}; mkdir -p /made/d1 /made/d2`,
  (random) => `mkdir -p /made/tree/${random(3)}; put /made/tree/${random(3)}/z t${random(4)} || true`,
  () => 'rm -rf /made/moved; cp -a /made/d1 /made/moved',
  () => 'rm -rf /made/moved; mv /made/d1 /made/moved; mkdir -p /made/d1',
  (random) => `ln -sfn target-${random(5)} /made/link-${random(3)}`,
  (random) => `rm -f /made/hard-${random(2)}; [ ! -f /made/f1 ] || ln /made/f1 /made/hard-${random(2)} || true`,
  (random) =>
    `[ ! -e /made/${pick(random, fileNames)} ] || chmod ${pick(random, ['600', '644', '755', '4755'])} /made/f${1 + random(4)} || true`,
  (random) => `[ ! -e /made/f2 ] || chown ${random(50)}:${random(50)} /made/f2`,
  (random) => `chmod ${pick(random, ['700', '755', '1777'])} /made/d${1 + random(2)}`,
  (random) => `cat "$(dirname "$0")/../data/${pick(random, dataNames)}" >> /made/f${1 + random(4)} 2>/dev/null || true`,
  (random) => `cat /tmp/in_target.d/data/${pick(random, dataNames)} > /made/f${1 + random(4)} 2>/dev/null || true`,
  (random) =>
    `if [ -e "$(dirname "$0")/../data/${pick(random, dataNames)}" ]; then put /made/f3 there; else put /made/f3 missing; fi`,
  (random) =>
    `n=${pick(random, dataNames)}; if [ -f "$(dirname "$0")/../data/$n" ]; then add /made/f4 "$n is there"; fi`,
  (random) => `if [ -x /tmp/in_target.d/data/${pick(random, dataNames)} ]; then add /made/f3 runs; fi`,
  () => 'ls "$(dirname "$0")/../data" > /made/listing 2>/dev/null || true',
  () => 'for f in /tmp/in_target.d/data/*; do echo "${f##*/}"; done > /made/globbed',
  (random) => `ls "$(dirname "$0")" > /made/beside-${random(2)}`,
  (random) =>
    `p=${pick(random, phases)}; if [ -e "$(dirname "$0")/../$p.d/5${random(5)}-hook" ]; then add /made/f1 "$p"; fi`,
  (random) => `if [ -e /tmp/in_target.d/${pick(random, phases)}.d/5${random(5)}-hook ]; then put /made/f2 hook; fi`,
  (random) => `if [ -e "\${0%/*}/5${random(5)}-hook" ]; then put /made/f3 neighbour; fi`,
  (random) => `put /made/v${random(2)} "\${${pick(random, variables)}:-none}"`,
  (random) => `name=DIB_P${1 + random(3)}; put /made/v2 "\${!name:-none}"`,
  () => "env | grep '^DIB_P' | sort > /made/environment || true",
  () => 'if [ -x /usr/bin/tool ]; then /usr/bin/tool >> /made/from-tool; fi',
  () => 'if [ -e "$(dirname "$0")/../bin/tool" ]; then cp "$(dirname "$0")/../bin/tool" /usr/bin/tool; fi',
  (random) => `cat /made/${pick(random, fileNames)} >> /made/f${1 + random(4)} 2>/dev/null || true`,
  () => 'touch /tmp/scratch; rm /tmp/scratch',
  () => 'true',
  (random) => `sleep 0.0${random(6)}`,
  (random) => `readlink /tmp/in_target.d/data/${pick(random, dataNames)} > /made/f3 || true`,
  (random) => `if [ -L /tmp/in_target.d/data/${pick(random, dataNames)} ]; then put /made/f2 link; fi`,
  (random) => `if [ -d "$(dirname "$0")/../dir-${random(3)}" ]; then add /made/f2 "dir"; fi`,
  () => 'mkfifo /made/pipe 2>/dev/null || true',
  () => 'cat /tmp/in_target.d/package-installs.d/install.d.install > /made/packages 2>/dev/null || true',
  () =>
    'while read -r _ name _; do put "/made/package-$name" there; done < /tmp/in_target.d/package-installs.d/install.d.install || true',
];

const hostLineMakers: readonly ((random: Random) => string)[] = [
  (random) => `echo "host ${random(9)}" > "$TMP_MOUNT_PATH/made/host"`,
  (random) =>
    `mkdir -p "$TMP_HOOKS_PATH/data"; echo "made ${random(5)}" > "$TMP_HOOKS_PATH/data/${pick(random, dataNames)}.made"`,
  (random) => `rm -f "$TMP_MOUNT_PATH/made/${pick(random, fileNames)}"`,
  (random) => `echo "\${${pick(random, variables)}:-none}" > "$TMP_MOUNT_PATH/made/host-variable"`,
  (random) => `chmod 75${random(6)} "$TMP_MOUNT_PATH/made"`,
  (random) =>
    `cp "$TMP_HOOKS_PATH/bin/tool" "$TMP_MOUNT_PATH/usr/bin/tool" 2>/dev/null || echo ${random(3)} > /dev/null`,
  () => 'true',
];

const head = `#!/bin/bash
set -eu
put() { echo "$2" > "$1"; }
add() { echo "$2" >> "$1"; }
`;

export function randomHook(random: Random, isHost: boolean): string {
  const makers = isHost ? hostLineMakers : lineMakers;
  const lines = Array.from({ length: 1 + random(3) }, () => pick(random, makers)(random));
  return `${isHost ? '#!/bin/bash\nset -eu\n' : head}${lines.join('\n')}\n`;
}

export function randomElements(random: Random): Elements {
  const elements: Elements = new Map();
  const count = 2 + random(3);
  for (let index = 0; index < count; index += 1) elements.set(`e${index}`, randomElement(random, index));
  return elements;
}

/** Names hold the element's number: no two elements ship the same file. */
export function randomElement(random: Random, index: number): Map<string, ElementFile> {
  const files = new Map<string, ElementFile>();
  for (let count = 1 + random(4); count > 0; count -= 1)
    files.set(`${pick(random, phases)}.d/${50 + random(5)}-${random(3) === 0 ? `hook${index}` : `h${index}`}`, {
      text: randomHook(random, false),
      mode: 0o755,
    });
  if (random(3) === 0)
    files.set(`${pick(random, hostPhases)}.d/${50 + random(5)}-h${index}`, {
      text: randomHook(random, true),
      mode: 0o755,
    });
  if (index < dataNames.length && random(2) === 0) files.set(`data/${dataNames[index]}`, randomData(random));
  if (index === 0 && random(2) === 0) files.set('bin/tool', randomTool(random));
  if (random(3) === 0) files.set(`environment.d/20-e${index}`, randomEnvironment(random));
  if (random(2) === 0) files.set('package-installs.yaml', randomPackages(random));
  return files;
}

export function randomData(random: Random): ElementFile {
  return { text: `data ${random(50)}\n`, mode: pick(random, [0o644, 0o755, 0o600]) };
}

function randomTool(random: Random): ElementFile {
  return {
    text: `#!/bin/bash\necho "tool ${random(9)} ${pick(random, ['', '${DIB_P1:-unset}', '${DIB_P3:-unset}', '${PLAIN_P:-unset}'])}"\nn=${pick(random, ['DIB_P1', 'HOME'])}; echo "${pick(random, ['', '${!n}'])}"\n`.replace(
      '${!n}',
      '${!n:-}',
    ),
    mode: 0o755,
  };
}

function randomEnvironment(random: Random): ElementFile {
  return { text: `export ${pick(random, ['DIB_P1', 'DIB_P2', 'PLAIN_P'])}=from-file-${random(9)}\n`, mode: 0o644 };
}

function randomPackages(random: Random): ElementFile {
  const names = ['p1', 'p2', 'p3'].filter(() => random(2) === 0);
  return { text: names.length === 0 ? '{}\n' : names.map((name) => `${name}:\n`).join(''), mode: 0o644 };
}

/** What an edit did. */
export interface Edit {
  readonly description: string;
  /** Each cause that is told afterwards holds one of these. */
  readonly marks: readonly string[];
}

/** One edit. */
export function editElements(
  random: Random,
  elements: Elements,
  state: { readonly variables: Record<string, string>; readonly used: Set<string> },
): Edit {
  const before = new Map([...elements].map(([name, files]) => [name, new Map(files)]));
  const variablesBefore = { ...state.variables };
  const usedBefore = new Set(state.used);
  const description = editOnce(random, elements, state);
  const marks = new Set<string>();
  for (const [name, files] of elements) {
    const old = before.get(name) ?? new Map<string, ElementFile>();
    const isMoved = usedBefore.has(name) !== state.used.has(name);
    if (isMoved) {
      marks.add(`of element ${name}`);
      for (const list of ['IMAGE_ELEMENT', 'IMAGE_ELEMENT_YAML', 'DIB_ARGS', 'DIB_ENV']) marks.add(`variable ${list} `);
    }
    for (const path of new Set([...old.keys(), ...files.keys()])) {
      if (old.get(path) === files.get(path) && !isMoved) continue;
      marks.add(path);
      if (path === 'package-installs.yaml') marks.add('package-installs.d/');
      for (const text of [old.get(path)?.text ?? '', files.get(path)?.text ?? ''])
        if (path.startsWith('environment.d/')) markVariable(/export (\w+)=/.exec(text)?.[1] ?? '', marks);
    }
  }
  for (const name of variables) if (variablesBefore[name] !== state.variables[name]) markVariable(name, marks);
  return { description, marks: [...marks] };
}

/** A text that repeats all of `DIB_` changes with each of them. */
function markVariable(name: string, marks: Set<string>): void {
  if (name === '') return;
  marks.add(`variable ${name} `);
  marks.add('variable DIB_ENV ');
}

function editOnce(
  random: Random,
  elements: Elements,
  state: { readonly variables: Record<string, string>; readonly used: Set<string> },
): string {
  const names = [...elements.keys()];
  const name = pick(random, names);
  const files = elements.get(name) ?? new Map<string, ElementFile>();
  const index = Number(name.slice(1));
  const paths = [...files.keys()];
  switch (random(14)) {
    case 0:
    case 1:
    case 2: {
      const hooks = paths.filter((path) => path.includes('.d/') && !path.startsWith('environment.d/'));
      if (hooks.length === 0) return 'nothing';
      const path = pick(random, hooks);
      const isHost = hostPhases.some((phase) => path.startsWith(`${phase}.d/`));
      const old = files.get(path)?.text ?? '';
      const lines = old.trimEnd().split('\n');
      lines[lines.length - 1] = pick(random, isHost ? hostLineMakers : lineMakers)(random);
      files.set(path, { text: `${lines.join('\n')}\n`, mode: files.get(path)?.mode ?? 0o755 });
      return `line ${path}`;
    }
    case 3: {
      const path = `${pick(random, phases)}.d/${50 + random(5)}-h${index}`;
      files.set(path, { text: randomHook(random, false), mode: 0o755 });
      return `hook ${path}`;
    }
    case 4: {
      const data = dataNames[index] ?? 'a';
      if (index >= dataNames.length) return 'nothing';
      files.set(`data/${data}`, randomData(random));
      return `data ${data}`;
    }
    case 5: {
      const removable = paths.filter((path) => path.startsWith('data/') || path.includes('.d/'));
      if (removable.length === 0) return 'nothing';
      const path = pick(random, removable);
      files.delete(path);
      return `removed ${path}`;
    }
    case 6: {
      const hooks = paths.filter((path) => path.includes('.d/') && !path.startsWith('environment.d/'));
      if (hooks.length === 0) return 'nothing';
      const path = pick(random, hooks);
      const file = files.get(path);
      const to = path.replace(/\/\d+/, `/${50 + random(5)}`);
      files.delete(path);
      if (file !== undefined) files.set(to, file);
      return `renamed ${path} to ${to}`;
    }
    case 7: {
      const variable = pick(random, ['DIB_P1', 'DIB_P2', 'DIB_P3', 'PLAIN_P']);
      if (random(4) === 0) delete state.variables[variable];
      else state.variables[variable] = `value${random(4)}`;
      return `variable ${variable}`;
    }
    case 8: {
      if (random(2) === 0 && state.used.size > 1 && state.used.has(name)) state.used.delete(name);
      else state.used.add(name);
      return `element ${name} ${state.used.has(name)}`;
    }
    case 9: {
      if (paths.length === 0) return 'nothing';
      const path = pick(random, paths);
      const file = files.get(path);
      if (file !== undefined) files.set(path, { ...file, mode: pick(random, [0o755, 0o644, 0o700]) });
      return `mode ${path}`;
    }
    case 13: {
      files.set('package-installs.yaml', randomPackages(random));
      return `packages of ${name}`;
    }
    case 10: {
      if (index !== 0) return 'nothing';
      files.set('bin/tool', randomTool(random));
      return 'tool';
    }
    case 11: {
      if (index >= dataNames.length) return 'nothing';
      files.set(`data/${dataNames[index]}`, { text: '', mode: 0o777, linkTarget: pick(random, ['b', 'nowhere', 'c']) });
      return 'data becomes a link';
    }
    default: {
      const directory = `dir-${random(3)}`;
      if (files.has(`${directory}/n${index}`)) files.delete(`${directory}/n${index}`);
      else files.set(`${directory}/n${index}`, { text: 'n\n', mode: 0o644 });
      return `directory ${directory}`;
    }
  }
}
