/** A change to a good element. Paths are relative to the directory of elements. */
export type Edit =
  | { readonly kind: 'replace'; readonly path: string; readonly from: string; readonly to: string }
  | { readonly kind: 'append'; readonly path: string; readonly text: string }
  | { readonly kind: 'write'; readonly path: string; readonly text: string; readonly mode: number }
  | { readonly kind: 'mode'; readonly path: string; readonly mode: number }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

/** One fault put into the good elements of the fixture, and where it has to be found. */
export interface SeededDefect {
  readonly name: string;
  readonly check: string;
  /** `path:line`, or the path alone. */
  readonly at: string;
  readonly edits: readonly Edit[];
}

const install = 'sample/install.d/50-sample';
const root = 'sample/root.d/60-sample-root';
const cleanup = 'sample/cleanup.d/60-sample-clean';
const environment = 'sample/environment.d/20-sample.bash';
const head = '#!/bin/bash\n# A hook.\nset -eu -o pipefail\nif [ "${DIB_DEBUG_TRACE:-0}" -gt 0 ]; then set -x; fi\n\n';
const headWithoutPipefail =
  '#!/bin/bash\n# A hook.\n# dib-lint: disable=setpipefail\nset -eu\nif [ "${DIB_DEBUG_TRACE:-0}" -gt 0 ]; then set -x; fi\n\n';

function defect(name: string, check: string, at: string, ...edits: readonly Edit[]): SeededDefect {
  return { name, check, at, edits };
}

function replace(path: string, from: string, to: string): Edit {
  return { kind: 'replace', path, from, to };
}

function append(path: string, text: string): Edit {
  return { kind: 'append', path, text };
}

function write(path: string, text: string, mode = 0o644): Edit {
  return { kind: 'write', path, text, mode };
}

/** A line at the end of the hook of install.d, which has 24 lines. */
function inInstall(name: string, check: string, line: string): SeededDefect {
  return defect(name, check, `${install}:25`, append(install, `${line}\n`));
}

function inRoot(name: string, check: string, line: string): SeededDefect {
  return defect(name, check, `${root}:13`, append(root, `${line}\n`));
}

function inCleanup(name: string, check: string, line: string): SeededDefect {
  return defect(name, check, `${cleanup}:10`, append(cleanup, `${line}\n`));
}

/** A new hook whose sixth line is the fault. */
function newHook(name: string, check: string, phase: string, line: string): SeededDefect {
  const path = `sample/${phase}.d/55-sample-new`;
  return defect(name, check, `${path}:6`, write(path, `${head}${line}\n`, 0o755));
}

/** Faults that people make, one each. */
export const seededDefectTable: readonly SeededDefect[] = [
  // What dib-lint has always found.
  defect('no README', 'readme', 'sample', { kind: 'remove', path: 'sample/README.md' }),
  defect(
    'a source list without its newline',
    'source-newline',
    'sample/source-repository-sample:1',
    replace('sample/source-repository-sample', '.git\n', '.git'),
  ),
  defect('a script that is not executable', 'executable', install, { kind: 'mode', path: install, mode: 0o644 }),
  defect(
    'Python that cannot be parsed',
    'flake8',
    'sample/bin/sample-py:2',
    write('sample/bin/sample-py', '#!/usr/bin/env python3\nprint("x"\n', 0o755),
  ),
  defect('an indentation of two', 'indent', `${install}:10`, replace(install, '    systemctl', '  systemctl')),
  defect(
    'an indentation of six in a here-document',
    'indent',
    `${install}:16`,
    replace(install, 'value=$DIB_SAMPLE', '      value=$DIB_SAMPLE'),
  ),
  defect(
    'unsorted dependencies',
    'deps-order',
    'sample/element-deps:1',
    replace('sample/element-deps', 'dib-init-system\ninstall-bin', 'install-bin\ndib-init-system'),
  ),
  defect('bash from env', 'bash-path', `${install}:1`, replace(install, '#!/bin/bash', '#!/usr/bin/env bash')),
  defect('bash with options', 'bash-path', `${install}:1`, replace(install, '#!/bin/bash', '#!/bin/bash -e')),
  defect('no errexit', 'sete', install, replace(install, 'set -eu -o pipefail', 'set -u\nset -o pipefail')),
  defect('no nounset', 'setu', install, replace(install, 'set -eu -o pipefail', 'set -e\nset -o pipefail')),
  defect('no pipefail', 'setpipefail', install, replace(install, 'set -eu -o pipefail', 'set -eu')),
  defect(
    'no tracing',
    'dibdebugtrace',
    install,
    replace(install, 'if [ "${DIB_DEBUG_TRACE:-0}" -gt 0 ]; then set -x; fi\n', ''),
  ),
  defect('tracing in environment.d', 'environment', `${environment}:3`, append(environment, 'set -x\n')),
  defect('an executable file in environment.d', 'environment', environment, {
    kind: 'mode',
    path: environment,
    mode: 0o755,
  }),
  inInstall('an exported substitution', 'export-assign', 'export NAME=$(hostname)'),
  inRoot('sudo on the host', 'safe_sudo', 'sudo systemctl stop ssh'),
  defect('sudo over two lines', 'safe_sudo', `${root}:13`, append(root, 'sudo \\\n    systemctl stop ssh\n')),
  inInstall('which', 'which', 'which systemctl'),
  defect('a tab before a command', 'tabindent', `${install}:10`, replace(install, '    systemctl', '\tsystemctl')),
  defect(
    'a hook without its newline',
    'newline',
    `${install}:24`,
    replace(install, '/etc/sample-count\n', '/etc/sample-count'),
  ),
  defect('a second Markdown file', 'mddocs', 'sample/notes.md', write('sample/notes.md', '# Notes\n')),
  defect(
    'YAML with a stray bracket',
    'yaml',
    'sample/data/list.yaml:3',
    replace('sample/data/list.yaml', '- one', '- [one'),
  ),
  defect(
    'YAML with a wrong indentation',
    'yaml',
    'sample/data/list.yaml:3',
    replace('sample/data/list.yaml', '  - two', ' - two: {'),
  ),
  defect(
    'a pkg-map that is YAML',
    'pkg-map-json',
    'sample/pkg-map:1',
    write('sample/pkg-map', 'family:\n  debian:\n    a: b\n'),
  ),
  defect(
    'a pkg-map with a comma too many',
    'pkg-map-json',
    'sample/pkg-map:17',
    replace('sample/pkg-map', '"sample-server": "sample-server"', '"sample-server": "sample-server",'),
  ),

  // Names, modes, links.
  defect(
    'a hook with an extension',
    'hook-name',
    'sample/install.d/60-more.sh',
    write('sample/install.d/60-more.sh', `${head}true\n`, 0o755),
  ),
  defect(
    'a backup of a hook',
    'hook-name',
    'sample/install.d/50-sample~',
    write('sample/install.d/50-sample~', `${head}true\n`, 0o755),
  ),
  defect(
    'a hook without #! and run bit',
    'hook-mode',
    'sample/install.d/60-more',
    write('sample/install.d/60-more', 'echo hello\n'),
  ),
  defect(
    'a hook without an interpreter',
    'hook-interpreter',
    'sample/install.d/60-more',
    write('sample/install.d/60-more', 'echo hello\n', 0o755),
  ),
  defect(
    'a hook with a relative interpreter',
    'hook-interpreter',
    'sample/install.d/60-more',
    write('sample/install.d/60-more', '#!bash\necho hello\n', 0o755),
  ),
  defect(
    'a hidden hook',
    'hook-hidden',
    'sample/install.d/.60-more',
    write('sample/install.d/.60-more', `${head}true\n`, 0o755),
  ),
  defect(
    'a hook in a directory of its own',
    'hook-nested',
    'sample/install.d/more/60-more',
    write('sample/install.d/more/60-more', `${head}true\n`, 0o755),
  ),
  defect(
    'a hook below post-install.d',
    'hook-nested',
    'sample/post-install.d/sample-source-install/60-more',
    write('sample/post-install.d/sample-source-install/60-more', `${head}true\n`, 0o755),
  ),
  defect(
    'a hook of the name of a dependency’s',
    'hook-duplicate',
    'sample/install.d/40-layer',
    write('sample/install.d/40-layer', `${head}true\n`, 0o755),
  ),
  defect(
    'a program of the name of a dependency’s',
    'hook-duplicate',
    'sample/bin/layer-tool',
    write('sample/bin/layer-tool', `${head}true\n`, 0o755),
  ),
  defect(
    'a misspelled phase',
    'directory-name',
    'sample/post_install.d/60-more',
    write('sample/post_install.d/60-more', `${head}true\n`, 0o755),
  ),
  defect(
    'an American phase',
    'directory-name',
    'sample/finalize.d/60-more',
    write('sample/finalize.d/60-more', `${head}true\n`, 0o755),
  ),
  defect(
    'a phase without its dot',
    'directory-name',
    'sample/extra-data/60-more',
    write('sample/extra-data/60-more', `${head}true\n`, 0o755),
  ),
  defect('a blank in a file name', 'file-name', 'sample/static/etc/a b', write('sample/static/etc/a b', 'x\n')),
  defect(
    'an environment file that is a backup',
    'environment-name',
    'sample/environment.d/30-more~',
    write('sample/environment.d/30-more~', 'export DIB_MORE=1\n'),
  ),
  defect(
    'an environment file of three digits',
    'environment-digits',
    'sample/environment.d/100-more',
    write('sample/environment.d/100-more', 'export DIB_MORE=1\n'),
  ),
  defect(
    'an environment file of one digit',
    'environment-digits',
    'sample/environment.d/9-more',
    write('sample/environment.d/9-more', 'export DIB_MORE=1\n'),
  ),
  defect('a link out of the element', 'link-target', 'sample/install.d/60-more', {
    kind: 'link',
    path: 'sample/install.d/60-more',
    target: '../../layer/install.d/40-layer',
  }),
  defect('a link to nothing', 'link-target', 'sample/install.d/60-more', {
    kind: 'link',
    path: 'sample/install.d/60-more',
    target: '../bin/gone',
  }),
  defect(
    'a static file of a dependency',
    'same-file',
    'sample/static/etc/layer.conf',
    write('sample/static/etc/layer.conf', 'layer=no\n'),
  ),
  inInstall('a file that a dependency writes', 'same-file', 'echo mine > /etc/layer-release'),
  inInstall('a file that a dependency ships', 'same-file', 'cat > /etc/layer.conf < /dev/null'),
  defect(
    'a hook with carriage returns',
    'crlf',
    'sample/install.d/60-more:1',
    write('sample/install.d/60-more', `${head}true\n`.replaceAll('\n', '\r\n'), 0o755),
  ),
  defect(
    'element-deps with carriage returns',
    'crlf',
    'sample/element-deps:1',
    replace('sample/element-deps', 'dib-init-system\n', 'dib-init-system\r\n'),
  ),
  defect(
    'an unfinished merge',
    'conflict-marker',
    'sample/svc-map:1',
    replace('sample/svc-map', 'sampled:', '<<<<<<< HEAD\nsampled:'),
  ),

  // Declarations.
  defect(
    'an unknown dependency',
    'deps-unknown',
    'sample/element-deps:5',
    replace('sample/element-deps', 'layer\n', 'layers\n'),
  ),
  defect(
    'a comment in element-deps',
    'deps-unknown',
    'sample/element-deps:1',
    replace('sample/element-deps', 'dib-init-system', '# what it needs\ndib-init-system'),
  ),
  defect(
    'a dependency twice',
    'deps-repeated',
    'sample/element-deps:6',
    replace('sample/element-deps', 'layer\n', 'layer\nlayer\n'),
  ),
  defect(
    'a dependency on itself',
    'deps-repeated',
    'sample/element-deps:8',
    replace('sample/element-deps', 'pkg-map\n', 'pkg-map\nsample\n'),
  ),
  defect(
    'a circle of two',
    'deps-cycle',
    'layer/element-deps:3',
    replace('layer/element-deps', 'svc-map', 'sample\nsvc-map'),
  ),
  defect(
    'a circle of three',
    'deps-cycle',
    'svc-map/element-deps:2',
    replace('svc-map/element-deps', 'install-bin\n', 'install-bin\nsample\n'),
  ),
  defect(
    'an element that provides itself',
    'provides',
    'sample/element-provides:1',
    write('sample/element-provides', 'sample\n'),
  ),
  defect(
    'an element that provides what it needs',
    'provides',
    'sample/element-deps:5',
    write('sample/element-provides', 'layer\n'),
  ),
  defect(
    'two providers of one name',
    'provides',
    'sample/element-deps',
    replace('sample/element-deps', 'dib-init-system\n', 'dib-init-system\ndisk\n'),
    replace('sample/element-deps', 'source-repositories\n', 'source-repositories\nstranger\n'),
  ),
  defect(
    'packages that nothing installs',
    'helper-missing',
    'layer/package-installs.yaml',
    write('layer/package-installs.yaml', 'layer-server:\n'),
  ),
  defect(
    'static files that nothing installs',
    'helper-missing',
    'stranger/static/etc/stranger.conf',
    write('stranger/static/etc/stranger.conf', 'x\n'),
  ),
  defect(
    'services that nothing maps',
    'helper-missing',
    'stranger/svc-map',
    write('stranger/svc-map', 'stranger:\n  default: stranger\n'),
  ),
  defect(
    'sources that nothing fetches',
    'helper-missing',
    'layer/source-repository-layer',
    write('layer/source-repository-layer', 'layer git /opt/layer https://git.example.org/layer.git\n'),
  ),
  defect(
    'programs that nothing installs',
    'helper-missing',
    'disk/bin/disk-tool',
    write('disk/bin/disk-tool', `${head}true\n`, 0o755),
  ),
  defect(
    'an install type that nothing chooses',
    'helper-missing',
    'disk/install.d/disk-source-install/50-disk',
    write('disk/install.d/disk-source-install/50-disk', `${head}true\n`, 0o755),
  ),
  defect(
    'an unknown key of a package',
    'package-installs',
    'sample/package-installs.yaml:4',
    replace('sample/package-installs.yaml', 'build-only', 'build_only'),
  ),
  defect(
    'an unknown phase of a package',
    'package-installs',
    'sample/package-installs.yaml:2',
    replace('sample/package-installs.yaml', 'pre-install.d', 'pre-install'),
  ),
  defect(
    'a condition without a value',
    'package-installs',
    'sample/package-installs.yaml:8',
    replace('sample/package-installs.yaml', 'DIB_SAMPLE=value', '$DIB_SAMPLE'),
  ),
  defect(
    'arch and not-arch together',
    'package-installs',
    'sample/package-installs.yaml',
    replace('sample/package-installs.yaml', '  arch: amd64, arm64', '  arch: amd64\n  not-arch: arm64'),
  ),
  defect(
    'packages as a list',
    'package-installs',
    'sample/package-installs.yaml',
    write('sample/package-installs.yaml', '- sample-server\n'),
  ),
  defect(
    'package-installs with a tab',
    'yaml',
    'sample/package-installs.yaml:2',
    replace('sample/package-installs.yaml', '  phase', '\tphase'),
  ),
  defect(
    'a package twice',
    'yaml-key',
    'sample/package-installs.yaml:9',
    append('sample/package-installs.yaml', 'sample-server:\n'),
  ),
  defect(
    'a text list of another name',
    'package-list',
    'sample/install.d/package-installs-simple',
    write('sample/install.d/package-installs-simple', 'curl\n'),
  ),
  defect(
    'an unknown section of pkg-map',
    'pkg-map',
    'sample/pkg-map:2',
    replace('sample/pkg-map', '"family"', '"families"'),
  ),
  defect(
    'a number for a package',
    'pkg-map',
    'sample/pkg-map:16',
    replace('sample/pkg-map', '"sample-server": "sample-server"', '"sample-server": 5'),
  ),
  defect('an unknown family', 'pkg-map-family', 'sample/pkg-map:6', replace('sample/pkg-map', '"redhat"', '"readhat"')),
  defect(
    'a distribution as a family',
    'pkg-map-family',
    'sample/pkg-map:3',
    replace('sample/pkg-map', '"debian"', '"ubuntu"'),
  ),
  defect(
    'a virtual package that Debian lacks',
    'pkg-map-gap',
    'sample/pkg-map',
    replace('sample/pkg-map', '"sample_tools": "sample-tools"', '"sample-docs": "sample-docs"'),
  ),
  defect(
    'a package that one of three families lacks',
    'pkg-map-gap',
    'sample/pkg-map',
    replace(
      'sample/pkg-map',
      '"sample_tools": "sample-utils",\n            "sample-docs": "sample-doc"\n        }\n    },',
      '"sample_tools": "sample-utils"\n        }\n    },',
    ),
    replace('sample/pkg-map', '"debian": {', '"debian": {\n            "sample-docs": "sample-documents",'),
  ),
  defect(
    'a misspelled name in pkg-map',
    'pkg-map-name',
    'sample/pkg-map:16',
    replace('sample/pkg-map', '"sample-server": "sample-server"', '"sample-sever": "sample-server"'),
  ),
  defect(
    'a service that is a list',
    'svc-map',
    'sample/svc-map:2',
    replace('sample/svc-map', 'debian: sampled', 'debian: [sampled]'),
  ),
  defect(
    'a service that a dependency maps',
    'svc-map',
    'sample/svc-map:4',
    append('sample/svc-map', 'layerd:\n  default: other\n'),
  ),
  defect(
    'a source of an unknown type',
    'source-repository',
    'sample/source-repository-sample:1',
    replace('sample/source-repository-sample', ' git ', ' hg '),
  ),
  defect(
    'a source without a location',
    'source-repository',
    'sample/source-repository-sample:1',
    replace('sample/source-repository-sample', ' https://git.example.org/sample.git', ''),
  ),
  defect(
    'a source with a relative destination',
    'source-repository',
    'sample/source-repository-sample:1',
    replace('sample/source-repository-sample', '/opt/sample', 'opt/sample'),
  ),
  defect(
    'a source of an unset variable',
    'source-repository',
    'sample/source-repository-sample:1',
    replace('sample/source-repository-sample', 'git.example.org', '$DIB_NOWHERE'),
  ),
  defect(
    'an unknown type of partition table',
    'block-device',
    'disk/block-device-default.yaml:5',
    replace('disk/block-device-default.yaml', 'label: mbr', 'label: bsd'),
  ),
  defect(
    'a disk on an unknown base',
    'block-device',
    'disk/block-device-default.yaml',
    replace('disk/block-device-default.yaml', 'base: image0', 'base: image1'),
  ),
  defect('JSON without its end', 'json', 'sample/data/table.json', replace('sample/data/table.json', ']}', ']')),

  // Scripts: syntax.
  inInstall('an if without its end', 'syntax', 'if true; then echo yes'),
  inInstall('a quotation mark too many', 'syntax', 'echo "hello'),
  inInstall('a done too many', 'syntax', 'done'),
  inInstall('a here-document without its end', 'here-document', 'cat <<EOF\nhello'),
  inInstall('blanks around =', 'assignment-blanks', 'NAME = value'),
  inInstall('no blank after [', 'test-blanks', 'if ["$DIB_SAMPLE" = x ]; then true; fi'),
  inInstall('no blank before ]', 'test-blanks', 'if [ "$DIB_SAMPLE" = x]; then true; fi'),

  // Scripts: what they need.
  inInstall('a program of a stranger', 'missing-dependency', 'stranger-tool x'),
  inInstall('a variable of a stranger', 'missing-dependency', 'echo "$DIB_STRANGER"'),
  defect(
    'a program whose dependency was dropped',
    'missing-dependency',
    'layer/install.d/40-layer:7',
    append('layer/install.d/40-layer', 'pkg-map x\n'),
  ),
  defect(
    'a variable in environment.d of a stranger',
    'missing-dependency',
    `${environment}:3`,
    append(environment, 'export DIB_MORE=$DIB_STRANGER\n'),
  ),
  inInstall('a misspelled program', 'near-command', 'instal-packages curl'),
  inInstall('a misspelled program of a dependency', 'near-command', 'layer-tol x'),
  inInstall('a variable that nothing sets', 'variable-unset', 'echo "$DIB_NOBODY"'),
  inInstall('a misspelled variable', 'variable-unset', 'echo "$DIB_SAMPEL"'),
  inInstall('an unset variable in a substitution', 'variable-unset', 'value=$(printf %s "$DIB_NOBODY")'),
  inInstall('an unset variable in arithmetic', 'variable-unset', 'echo $((DIB_NOBODY + 1))'),
  inInstall('an unset variable in [[', 'variable-unset', 'if [[ $DIB_NOBODY == x ]]; then true; fi'),
  defect(
    'an unset variable in a here-document',
    'variable-unset',
    `${install}:17`,
    replace(install, 'distribution=$DISTRO_NAME', 'distribution=$DISTRIBUTION'),
  ),
  defect(
    'an unset variable in environment.d',
    'variable-unset',
    `${environment}:1`,
    replace(environment, '${DIB_SAMPLE:-value}', '$DIB_DEFAULT_SAMPLE'),
  ),
  newHook('TARGET_ROOT in extra-data.d', 'variable-unset', 'extra-data', 'ls "$TARGET_ROOT"'),
  newHook('IMAGE_BLOCK_DEVICE in post-root.d', 'variable-unset', 'post-root', 'echo "$IMAGE_BLOCK_DEVICE"'),
  inInstall('the tree inside the image', 'host-path', 'ls "$TMP_MOUNT_PATH/etc"'),
  inInstall('the cache inside the image', 'host-path', 'cp "$DIB_IMAGE_CACHE/x" /etc/x'),
  inInstall('the shell functions inside the image', 'host-path', 'cat "$_LIB/die"'),
  inInstall('die inside the image', 'host-command', 'die "no"'),
  inInstall('the list of elements inside the image', 'host-command', 'get_image_element_array'),
  inInstall('qemu-img inside the image', 'host-command', 'qemu-img info /x'),
  inRoot('install-packages on the host', 'target-command', 'install-packages curl'),
  inRoot('svc-map on the host', 'target-command', 'svc-map sampled'),

  // Scripts: what they harm.
  inRoot('a copy to the host', 'host-escape', 'cp "$work/architecture" /etc/architecture'),
  inRoot('a redirection to the host', 'host-escape', 'echo x > /etc/sample'),
  inRoot('a directory of the host', 'host-escape', 'mkdir -p /opt/sample'),
  inCleanup('rm on the host', 'host-escape', 'rm -f /var/log/sample.log'),
  inCleanup('a mount on the host', 'host-escape', 'sudo mount --bind "$TARGET_ROOT/boot" /boot'),
  inCleanup('chown on the host', 'host-escape', 'chown root:root /etc/passwd'),
  inCleanup('sed -i on the host', 'host-escape', "sed -i 's/a/b/' /etc/hosts"),
  inCleanup('a link on the host', 'host-escape', 'ln -s "$TARGET_ROOT/etc/x" /etc/x'),
  inCleanup(
    'a path of the host in a variable',
    'host-escape',
    'destination=/etc/sample; cp "$TARGET_ROOT/etc/x" "$destination"',
  ),
  inRoot('packages for the host', 'host-escape', 'apt-get install -y debootstrap'),
  inInstall('rm of /', 'remove-root', 'rm -rf /'),
  inInstall('rm of all of /usr', 'remove-root', 'rm -rf /usr/*'),
  inInstall('rm below a variable that may be empty', 'remove-root', 'rm -rf "${DIB_SAMPLE_DIRECTORY:-}/etc"'),
  inInstall('rm of all in a variable', 'remove-root', 'rm -rf "$DIB_SAMPLE"/*'),
  inInstall('rm without quotes', 'unquoted-danger', 'rm -rf $DIB_SAMPLE'),
  inInstall('chown -R without quotes', 'unquoted-danger', 'chown -R root $DIB_SAMPLE'),
  inInstall('dd without quotes', 'unquoted-danger', 'dd if=/dev/zero of=$DIB_SAMPLE count=1'),
  inInstall('rm of a substitution without quotes', 'unquoted-danger', 'rm -f $(cat /etc/sample-list)'),
  inInstall('a test without quotes', 'unquoted-test', 'if [ -n $DIB_SAMPLE ]; then true; fi'),
  inInstall('a comparison without quotes', 'unquoted-test', 'if [ $DIB_SAMPLE = x ]; then true; fi'),
  inCleanup('a redirection outside sudo', 'sudo-redirect', 'sudo cat /dev/null > "$TARGET_ROOT/etc/empty"'),
  inInstall('2>&1 too early', 'redirect-order', 'true 2>&1 >/var/log/sample'),

  // Scripts: what they hide.
  defect(
    'a pipeline into tee without pipefail',
    'pipeline-status',
    'sample/install.d/55-sample-new:7',
    write(
      'sample/install.d/55-sample-new',
      `${headWithoutPipefail}cat /etc/sample-list | tee /etc/sample-copy\n`,
      0o755,
    ),
  ),
  inInstall('a local with a substitution', 'masked-status', 'make_name() { local name=$(hostname); echo "$name"; }'),
  inInstall('a readonly with a substitution', 'masked-status', 'readonly NAME=$(hostname)'),
  inInstall('errexit off to the end', 'errexit-off', 'set +e'),
  inInstall('a condition at the end', 'last-condition', '[ -n "$DIB_SAMPLE" ] && echo yes'),
  inInstall('a grep at the end', 'last-condition', 'grep -q x /etc/sample-list && echo yes'),
  defect(
    'cd in a script without errexit',
    'cd-unchecked',
    'sample/static/usr/bin/sample:2',
    write('sample/static/usr/bin/sample', '#!/bin/sh\ncd /srv/sample\nrm -f old\n', 0o755),
  ),
  defect(
    'exit in environment.d',
    'environment-exit',
    `${environment}:3`,
    append(environment, '[ -n "$DIB_SAMPLE" ] || exit 0\n'),
  ),
  defect('cd in environment.d', 'environment-exit', `${environment}:3`, append(environment, 'cd /tmp\n')),
  defect(
    'a variable that is not exported',
    'environment-export',
    `${environment}:3`,
    append(environment, 'DIB_MORE=value\n'),
  ),
  inInstall('a download by curl', 'network', 'curl -o /opt/x https://example.org/x'),
  inInstall('a download by wget', 'network', 'wget -q "$DIB_SAMPLE_URL" -O /opt/x'),
  inInstall('a clone', 'network', 'git clone https://example.org/x.git /opt/x'),
  inInstall('a file beside the hook that is not there', 'missing-file', 'cat "$(dirname "$0")/../data/gone.txt"'),
  inInstall('a path out of the staging directory', 'missing-file', 'cat "$(dirname "$0")/../../gone.txt"'),
  inInstall('a staged file that is not there', 'missing-file', 'cat /tmp/in_target.d/data/gone.txt'),
  newHook(
    'a staged file that is not there, on the host',
    'missing-file',
    'extra-data',
    'cat "$TMP_HOOKS_PATH/data/gone.txt"',
  ),
];
