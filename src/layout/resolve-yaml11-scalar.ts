/**
 * What a plain YAML 1.1 scalar means: `0700` is 448, `12:30` is 750, `on` is true, `8E00` and `1e3` are text.
 *
 * @see https://yaml.org/type/int.html, https://yaml.org/type/float.html, https://yaml.org/type/bool.html;
 *   as the common safe loaders do, a float needs a dot and a signed exponent
 */
export function resolveYaml11Scalar(text: string): string | number | boolean | null {
  if (/^(~|null|Null|NULL|)$/.test(text)) return null;
  if (/^(yes|Yes|YES|true|True|TRUE|on|On|ON)$/.test(text)) return true;
  if (/^(no|No|NO|false|False|FALSE|off|Off|OFF)$/.test(text)) return false;
  const integer = resolveYaml11Integer(text);
  if (integer !== undefined) return integer;
  if (/^[-+]?([0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)([eE][-+][0-9]+)?$/.test(text))
    return Number(text.replaceAll('_', ''));
  return text;
}

/** The value when the plain scalar is a YAML 1.1 integer (binary, octal, decimal, hexadecimal or base 60), else undefined. */
export function resolveYaml11Integer(text: string): number | undefined {
  const [, sign, digits] = /^([-+]?)(.+)$/.exec(text) ?? [];
  if (digits === undefined || !/^[0-9]/.test(digits)) return undefined;
  const magnitude = readMagnitude(digits.replaceAll('_', ''));
  if (magnitude === undefined) return undefined;
  return sign === '-' ? 0 - magnitude : magnitude;
}

function readMagnitude(digits: string): number | undefined {
  if (/^0b[01]+$/.test(digits)) return Number.parseInt(digits.slice(2), 2);
  if (/^0x[0-9a-fA-F]+$/.test(digits)) return Number.parseInt(digits.slice(2), 16);
  if (/^0[0-7]*$/.test(digits)) return Number.parseInt(digits, 8);
  if (/^[1-9][0-9]*$/.test(digits)) return Number.parseInt(digits, 10);
  if (/^[1-9][0-9]*(:[0-5]?[0-9])+$/.test(digits))
    return digits.split(':').reduce((total, part) => total * 60 + Number(part), 0);
  return undefined;
}
