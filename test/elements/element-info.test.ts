import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { elementVariables, formatElementEnvironment, formatElementNames } from '../../src/elements/element-info.js';
import type { ElementSet } from '../../src/model/element.js';

test('names stand on one line, in the order of the build', () => {
  assert.equal(formatElementNames(setOf({ vm: '/e/vm', base: '/e/base' })), 'vm base\n');
});

test('the environment form is exactly that of the original', () => {
  assert.equal(
    formatElementEnvironment(setOf({ vm: '/e/vm', base: '/opt/elements/base' })),
    `export IMAGE_ELEMENT='vm base'
export IMAGE_ELEMENT_YAML='base: /opt/elements/base
vm: /e/vm
'
function get_image_element_array {
  echo "[base]=/opt/elements/base [vm]=/e/vm "
};
export -f get_image_element_array;
`,
  );
});

test('names that YAML 1.1 would read as something else are quoted', () => {
  assert.equal(
    elementVariables(setOf({ yes: '/e/yes', 1.5: '/e/1.5', 'a: b': '/e/a: b' })).IMAGE_ELEMENT_YAML,
    '"1.5": /e/1.5\n"a: b": "/e/a: b"\n"yes": /e/yes\n',
  );
});

const awkward = {
  plain: '/e/plain',
  quote: `/e/it's "$HOME" \`x\``,
  blank: '/e/two  blanks\tand ]*\\',
  ümlaut: '/e/größe1f',
  'odd]name': '/e/odd]name',
};

test('any path survives the evaluation by bash', () => {
  const output = bash(
    `eval "$INPUT"
    eval declare -A pairs=($(get_image_element_array))
    for name in "\${!pairs[@]}"; do printf '%s=%s\\0' "$name" "\${pairs[$name]}"; done
    printf '%s\\0%s\\0' "$IMAGE_ELEMENT" "$(bash -c 'get_image_element_array' | wc -l)"`,
    { INPUT: formatElementEnvironment(setOf(awkward)) },
  );
  const words = output.split('\0').slice(0, -1);
  assert.deepEqual(words.slice(-2), ['plain quote blank ümlaut odd]name', '1']);
  assert.deepEqual(
    words.slice(0, -2).sort(),
    Object.entries(awkward)
      .map(([name, directory]) => `${name}=${directory}`)
      .sort(),
  );
});

test('the variables give bash the same function', () => {
  const variables = elementVariables(setOf(awkward));
  const output = bash(
    `eval declare -A pairs=($(get_image_element_array))
    for name in "\${!pairs[@]}"; do printf '%s=%s\\0' "$name" "\${pairs[$name]}"; done`,
    variables,
  );
  assert.deepEqual(
    output.split('\0').slice(0, -1).sort(),
    Object.entries(awkward)
      .map(([name, directory]) => `${name}=${directory}`)
      .sort(),
  );
});

function setOf(directories: Readonly<Record<string, string>>): ElementSet {
  const elements = Object.entries(directories).map(([name, directory]) => ({
    name,
    directory,
    dependencies: [],
    provides: [],
    requestedBy: [],
    files: [],
    digest: '',
  }));
  return { elements, digest: '', warnings: [] };
}

function bash(script: string, environment: Readonly<Record<string, string>>): string {
  return execFileSync('bash', ['-eu', '-c', script], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, LC_ALL: 'C', ...environment },
  });
}
