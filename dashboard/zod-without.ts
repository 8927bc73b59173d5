import type { Plugin } from 'vite'

/** What zod has of it, how often at least, and what is put there instead. */
const PLACES = [
  // Each schema can tell itself as JSON Schema: here they are only read, by `lib/json-form.ts`.
  [/ *inst\._zod\.processJSONSchema = \(ctx, json, params\) => .*;\n/g, 40, ''],
  [/createToJSONSchemaMethod\(this, \{\}\)\(params\)/g, 1, 'undefined'],
  [/createStandardJSONSchemaMethod\(this, "(?:in|out)put"\)/g, 2, 'undefined'],
  // Sums up the checks of a schema, for who asks it for its limits: nobody does.
  [/processors\.aggregateChecks\(inst\)/g, 10, '({})'],
  // Follows data that contains itself. What is read here came as JSON, which cannot.
  [/core\.config\(\{ memoizer: core\.memoizer\(\) \}\);/g, 1, ';'],
  // Objects compile a reader of their own by `new Function`, which our content policy refuses.
  [/core\.\$ZodObjectJIT\.init/g, 1, 'core.$ZodObject.init'],
  // What strings were once asked by: `z.email()` and the like are functions of their own now.
  [
    /(?<=core\.\$ZodString\.init\(inst, def\);\n    _ZodString\.init\(inst, def\);\n\}), \{\n    email\(params\)[^]*?\n\}\);/g,
    1,
    ');',
  ],
  // Ways back from what was read to what came, and other ways to read it than those we use.
  [/    (?:encode|decode|encodeAsync|decodeAsync): (?:async )?function [^]*?\n    \},\n/g, 4, ''],
  [
    /    (?:async )?(?:safeEncode|safeDecode|safeEncodeAsync|safeDecodeAsync|validate|validateAsync)\(data, params\) \{[^]*?\n    \},\n/g,
    6,
    '',
  ],
] as const

/**
 * Leaves out of the dashboard's zod what it never does there: some 12 KB of the first load, gzipped.
 * Fails the build where a place is no longer there, so that a new version is looked at.
 */
export const zodWithout = (): Plugin => ({
  name: 'vastrox-zod-without',
  apply: 'build',
  transform(code, id) {
    if (!id.endsWith('/zod/v4/classic/schemas.js')) return undefined
    let changed = code
    for (const [before, atLeast, after] of PLACES) {
      const found = changed.match(before)?.length ?? 0
      if (found < atLeast) throw new Error(`zod has ${found} of ${String(before)}, not ${atLeast}`)
      changed = changed.replace(before, () => after)
    }
    return { code: changed, map: null }
  },
})
