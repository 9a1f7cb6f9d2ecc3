import { z } from 'zod';

/** The phases in which package rules act. */
export const packagePhases = ['pre-install.d', 'install.d', 'post-install.d'] as const;

export type PackagePhase = (typeof packagePhases)[number];

/** `uninstall:` alone means yes, as it always did; only a written no means no. */
const flagSchema = z
  .union([z.boolean(), z.null(), z.string(), z.number()])
  .transform((value) => value !== false && value !== 0 && !/^(false|no|off|0)$/i.test(String(value)))
  .describe('present and not false: yes');

const architecturesSchema = z
  .string()
  .nullable()
  .transform((value) =>
    (value ?? '')
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )
  .describe('architectures, separated by commas');

const conditionSchema = z
  .string()
  .regex(/^[A-Za-z_]\w*[ \t]*(!=|==?)/, 'a condition is NAME=VALUE or NAME!=VALUE, the name first')
  .describe('NAME=VALUE or NAME!=VALUE; the value is the rest of the line as it is');

/** One rule for one package. */
export const packageRuleSchema = z.strictObject({
  phase: z.enum(packagePhases).optional().describe('default install.d'),
  uninstall: flagSchema.optional().describe('remove the package at the end of the phase'),
  'build-only': flagSchema.optional().describe('install at the start of the phase, remove at its end'),
  installtype: z.string().nullable().optional().describe("only when it is the element's install type"),
  arch: architecturesSchema.optional(),
  'not-arch': architecturesSchema.optional(),
  dib_python_version: z
    .union([z.number(), z.string(), z.null()])
    .transform((value) => (value === null ? '' : String(value)))
    .optional()
    .describe('only when it equals DIB_PYTHON_VERSION'),
  when: z
    .union([conditionSchema, z.array(conditionSchema), z.null()])
    .transform((value) => (value === null ? [] : typeof value === 'string' ? [value] : value))
    .optional()
    .describe('all conditions must hold'),
});

export type PackageRule = z.output<typeof packageRuleSchema>;

/** A whole `package-installs.yaml`: package name → nothing, a rule, or a list of rules. */
export const packageInstallsSchema = z
  .union([
    z.null(),
    z.record(
      z.string(),
      z.union([
        z.null(),
        z.literal(''),
        z.literal(false),
        z.literal(0),
        packageRuleSchema,
        z.array(z.union([z.null(), packageRuleSchema])),
      ]),
    ),
  ])
  .describe('package-installs.yaml: which packages an element installs or removes, and when');
