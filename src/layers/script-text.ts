import { type Phase, phases } from '../model/phase.js';

/** What the text of a script says about what it may read. Every answer errs on the side of "may". */
export interface ScriptFacts {
  /** It may read variables whose names are not in its text. */
  readonly hasDynamicVariables: boolean;
  /** It may print or hand on all variables. */
  readonly printsVariables: boolean;
  /** It may ask for files in phase directories whose names are not in its text. */
  readonly hasDynamicDirectories: boolean;
  /** It may ask for files beside itself. */
  readonly looksBesideItself: boolean;
  /** Phases whose directories its text names. */
  readonly namedPhases: readonly Phase[];
  readonly usesPackages: boolean;
  readonly usesNetwork: boolean;
  readonly asksForKernel: boolean;
}

/** Reads the facts off a text; of a binary file its strings count. */
export function readScriptFacts(text: string): ScriptFacts {
  const code = withoutComments(text);
  return {
    hasDynamicVariables: dynamicVariables.some((pattern) => pattern.test(code)),
    printsVariables: dynamicVariables.slice(computedNameCount).some((pattern) => pattern.test(code)),
    hasDynamicDirectories: dynamicDirectory.test(code),
    looksBesideItself: looksBesideItself(code),
    namedPhases: phases.filter((phase) => code.includes(`${phase}.d`)),
    usesPackages: packageWords.test(code),
    usesNetwork: networkWords.test(code),
    asksForKernel: /\buname\b|\/proc\/(version|sys)|\bosrelease\b|\barch\b/.test(code),
  };
}

/**
 * Whole lines that are comments say nothing about what runs. Only `#` before a blank counts: `#name` is code in some
 * languages, and in a binary file no line is one.
 */
function withoutComments(text: string): string {
  return text.includes('\0') ? text : text.replace(/^[ \t]*#+([ \t].*)?$/gm, '');
}

/** The first patterns below are names that are computed one by one; the others reach everything at once. */
const computedNameCount = 2;

const dynamicVariables: readonly RegExp[] = [
  // bash: ${!name}; but not ${!array[@]}, which gives indices.
  /\$\{!(?![A-Za-z_][A-Za-z0-9_]*\[[@*]\]\})/,
  /\beval\b/,
  // ${!prefix*}
  /\$\{!\w+[*@]\}/,
  /\b(printenv|envsubst)\b/,
  // bash: compgen -v and others give variables, with -G, -f and -d it gives paths.
  /\bcompgen\b(?!\s+-[Gfd]\s)/,
  // env, export, declare, typeset, set or readonly without a name, which print everything.
  /(^|[;&|({`!]|\bdo|\bthen|\belse)[ \t]*(command[ \t]+|sudo([ \t]+-\w+)*[ \t]+|\S*\/)?(env|export|declare|typeset|readonly)([ \t]+-[a-zA-Z0]+)*[ \t]*($|[;|&>)}`])/m,
  /(^|[;&|({`]|\bdo|\bthen|\belse)[ \t]*set[ \t]*($|[;|&>)}`])/m,
  /\b(declare|typeset|local)[ \t]+(-\w*[ \t]+)*-\w*n/,
  /\/proc\/(self|\$\$|\$?\{?\w*\}?)\/environ/,
  // Python, Perl, awk, Ruby, Node.
  /\benviron\b(?!\s*(\[\s*['"]|\.(get|setdefault|pop)\(\s*['"]))/,
  /\bgetenvb?\(\s*(?!['"])/,
  /%(::)?ENV\b|\$ENV\{\s*(?!['"\w])|\bENVIRON\b(?!\[")|\bENV\.|\bENV\[\s*(?!['"])|process\.env\b(?!\.\w|\[['"])/,
  // jq, make and other programs that hand the whole environment to a template.
  /\$ENV\b|\benv\./,
];

/** `.d` after something computed: `$phase.d`, `${phase}.d`, `"$phase".d`, `%s.d`, `*.d`. */
const dynamicDirectory = /(\}|\$\w+|\)|`|\*|\?|\]|"|'|%s)\.d\b/;

/** Where `$0` is only asked for its name, or for the directory above its own. */
const harmlessSelf = [
  /dirname\s+(--\s+)?["']?\$\{?(0|BASH_SOURCE(\[0\])?)\}?["']?\s*\)["']?\/\.\./g,
  /\$\{(0|BASH_SOURCE(\[0\])?)%\/\*\}["']?\/\.\./g,
  /basename\s+(--\s+)?["']?\$\{?(0|BASH_SOURCE(\[0\])?)\b/g,
  /\$\{(0|BASH_SOURCE(\[0\])?)##\*\/\}/g,
];

function looksBesideItself(text: string): boolean {
  if (text.startsWith('#!') && !/^#!\s*\S*\b(env\s+)?(ba|da|k)?sh\b/.test(text)) return true;
  if (text.startsWith('\x7fELF')) return true;
  let rest = text;
  for (const pattern of harmlessSelf) rest = rest.replace(pattern, '');
  return /\$\{?(0\b|BASH_SOURCE|BASH_ARGV)|\$PWD|\bpwd\b|(^|[\s;&|(])(cd|pushd)\s+(--\s+)?["']?\$?[{(]?dirname/m.test(
    rest,
  );
}

/** Programs that ask package archives, ours that call them included. */
const packageWords =
  /\b(apt|apt-get|aptitude|apt-cache|apt-file|install-packages|package-installs|package-installs-v2|package-uninstalls|debootstrap|mmdebstrap|dpkg-\w*|dpkg|yum|dnf|zypper|microdnf|apk|pacman|emerge|rpm|tdnf|snap|flatpak)\b/;

/** Programs and notations that reach the network otherwise. */
const networkWords =
  /\b(curl|wget|git|svn|hg|bzr|pip[0-9.]*|pipx|easy_install|virtualenv|npm|npx|yarn|pnpm|gem|bundle|cargo|rustup|mvn|gradle|composer|cpan\w*|conda|docker|podman|skopeo|ansible\w*|rsync|scp|sftp|ssh|ftp|nc|netcat|socat|aria2c|axel|lynx|cache-url|urllib\w*|httplib|http\.client|LWP|ntpdate|nslookup)\b|\/dev\/(tcp|udp)|https?:|ftp:/;
