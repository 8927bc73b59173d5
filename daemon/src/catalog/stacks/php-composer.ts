import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import type { SourceTree } from '#ports/stack.ts'
import { plainText } from './plain-text.ts'

const MAX_LOCKED_PACKAGES = 2_000

/** PHP writes an empty object as []; what is no text says nothing to us. */
const Texts = z
  .record(z.string(), z.unknown())
  .catch({})
  .transform((record) => {
    const texts: Record<string, string> = {}
    for (const [key, value] of Object.entries(record))
      if (typeof value === 'string') texts[key] = value
    return texts
  })
const Names = z
  .record(z.string(), z.unknown())
  .catch({})
  .transform((record) => Object.keys(record))
const MaybeText = z.string().optional().catch(undefined)

const Repository = z.object({ type: z.string(), url: z.string() })
const Repositories = z
  .union([z.array(z.unknown()), z.record(z.string(), z.unknown()).transform(Object.values)])
  .catch([])
  .transform((all) => all.flatMap((one) => Repository.safeParse(one).data ?? []))

const Manifest = z.object({
  type: MaybeText,
  require: Texts.default({}),
  provide: Texts.default({}),
  replace: Texts.default({}),
  scripts: Names.default([]),
  repositories: Repositories.default([]),
  autoload: z
    .object({ classmap: z.array(z.string()).catch([]).default([]) })
    .catch({ classmap: [] }),
  config: z
    .object({
      'vendor-dir': MaybeText,
      /** `false` says that it is not there. */
      platform: z.record(z.string(), z.unknown()).catch({}).default({}),
    })
    .catch({ 'vendor-dir': undefined, platform: {} }),
})

const LockedPackage = z.object({
  name: z.string(),
  version: z.string().catch(''),
  require: Texts.default({}),
  provide: Texts.default({}),
  replace: Texts.default({}),
})
const Lock = z.object({ packages: z.array(LockedPackage).max(MAX_LOCKED_PACKAGES) })
export type LockedPackage = z.infer<typeof LockedPackage>

export interface Composer extends z.infer<typeof Manifest> {
  /** Classes of its own are loaded by Composer's vendor/autoload.php. */
  hasAutoload: boolean
  /** What is installed in production; undefined where the lockfile is not there or not read. */
  locked: readonly LockedPackage[] | undefined
  hasLockfile: boolean
}

/** undefined where there is no composer.json; throws STACK_NOT_DETECTED where it cannot be read. */
export function readComposer(tree: SourceTree): Composer | undefined {
  if (!tree.paths.has('composer.json')) return undefined
  const text = tree.read('composer.json')
  if (text === undefined) throw unreadable('composer.json', 'it is larger than 1 MB')
  const json = jsonOf('composer.json', text)
  return {
    ...Manifest.parse({ autoload: {}, config: {}, ...json }),
    hasAutoload: 'autoload' in json,
    hasLockfile: tree.paths.has('composer.lock'),
    locked: readLock(tree),
  }
}

/** A lockfile over 1 MB is Composer's alone to read. */
function readLock(tree: SourceTree): readonly LockedPackage[] | undefined {
  const text = tree.read('composer.lock')
  if (text === undefined) return undefined
  const lock = Lock.safeParse(jsonOf('composer.lock', text))
  if (!lock.success) throw unreadable('composer.lock', 'it has no list of packages')
  return lock.data.packages
}

function jsonOf(file: string, text: string): object {
  try {
    const value: unknown = JSON.parse(text.replace(/^\u{feff}/u, ''))
    return z.looseObject({}).parse(value)
  } catch (error) {
    if (error instanceof SyntaxError) throw unreadable(file, error.message)
    throw unreadable(file, 'it is not an object')
  }
}

const unreadable = (file: string, why: string): CodedError =>
  new CodedError('STACK_NOT_DETECTED', { reason: `${file} cannot be read: ${plainText(why)}.` })

/** Whether a package is installed, as far as the two files tell. */
export const hasPackage = (composer: Composer | undefined, name: string): boolean =>
  composer !== undefined &&
  (Object.hasOwn(composer.require, name) ||
    (composer.locked ?? []).some((one) => one.name === name))

/** Packages of Composer's, that is without php and extensions. */
export const packagesOf = ({ require }: Composer): string[] =>
  Object.keys(require).filter((name) => name.includes('/'))
