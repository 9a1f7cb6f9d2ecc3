import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Writes a hook: the head that every hook has, and what it does. */
export function writeHook(path: string, body: string): void {
  writeBelow(path, `#!/bin/bash\nset -eu -o pipefail\n${body}`, 0o755);
}

/** An element of hooks that do nothing. */
export function makeIdleElement({
  elementsDirectory,
  name,
  phase,
  hookCount,
}: {
  readonly elementsDirectory: string;
  readonly name: string;
  readonly phase: string;
  readonly hookCount: number;
}): void {
  writeBelow(join(elementsDirectory, name, 'element-deps'), '', 0o644);
  for (let index = 0; index < hookCount; index += 1)
    writeHook(join(elementsDirectory, name, phase, `50-idle-${String(index).padStart(3, '0')}`), 'true\n');
}

/** An element as people write them: a file put in place before installing, a setting made after it, an environment value. */
export function makeOrdinaryElement(elementsDirectory: string, name: string): void {
  const directory = join(elementsDirectory, name);
  const variable = name.toUpperCase().replaceAll('-', '_');
  writeBelow(join(directory, 'element-deps'), '', 0o644);
  writeBelow(join(directory, `environment.d/50-${name}.bash`), `export ${variable}=\${${variable}:-${name}}\n`, 0o644);
  writeHook(join(directory, `pre-install.d/50-${name}`), `mkdir -p /opt/${name}\n`);
  writeHook(join(directory, `install.d/50-${name}`), `echo "$${variable}" > /opt/${name}/setting\n`);
  writeHook(join(directory, `post-install.d/50-${name}`), `chmod 0600 /opt/${name}/setting\n`);
}

function writeBelow(path: string, text: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode });
}
