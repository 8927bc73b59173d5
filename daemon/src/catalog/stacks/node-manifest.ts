import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import type { SourceTree } from '#ports/stack.ts'
import { plainText } from './plain-text.ts'

/** Text values only: what else people write there says nothing to us. */
const Texts = z
  .record(z.string(), z.unknown())
  .catch({})
  .transform((record) => {
    const texts: Record<string, string> = {}
    for (const [key, value] of Object.entries(record))
      if (typeof value === 'string') texts[key] = value
    return texts
  })
const MaybeText = z.string().optional().catch(undefined)

/** What of package.json decides anything. */
const Manifest = z.object({
  name: MaybeText,
  main: MaybeText,
  packageManager: MaybeText,
  scripts: Texts.default({}),
  engines: Texts.default({}),
  volta: Texts.default({}),
  dependencies: Texts.default({}),
  devDependencies: Texts.default({}),
  optionalDependencies: Texts.default({}),
  workspaces: z.unknown().optional(),
})
export type Manifest = z.infer<typeof Manifest>

/** undefined where there is no package.json; throws STACK_NOT_DETECTED where it cannot be read. */
export function readManifest(tree: SourceTree, path = 'package.json'): Manifest | undefined {
  if (!tree.paths.has(path)) return undefined
  const text = tree.read(path)
  if (text === undefined) throw unreadable('it is larger than 1 MB')
  try {
    return Manifest.parse(JSON.parse(text.replace(/^\u{feff}/u, '')))
  } catch (error) {
    if (error instanceof SyntaxError) throw unreadable(error.message)
    throw unreadable('it is not an object')
  }
}

const unreadable = (why: string): CodedError =>
  new CodedError('STACK_NOT_DETECTED', {
    reason: `package.json cannot be read: ${plainText(why)}.`,
  })
