import { CodedError } from '@vastrox/shared/errors.ts'
import { type SourceTree, type Wishes, whereSaid } from '#ports/stack.ts'
import type { Composer } from './php-composer.ts'
import { matchMinor } from './php-constraint.ts'
import { plainText } from './plain-text.ts'

/** What can be prepared, newest first: each is the PHP of a Debian release. The first is the default. */
export const PHP_VERSIONS: readonly string[] = ['8.4', '8.2', '7.4']

const DEFAULT = '8.4'

export interface PhpVersion {
  version: string
  /** "from composer.json (^8.1)". */
  because: string
  /** Composer would refuse this PHP by its patch level alone. */
  ignoresPatchLevel: boolean
}

/** A wish for a version, and who has it. */
interface Wish {
  where: string
  text: string
}

/**
 * The settings, then composer.json with its lockfile, .php-version and .tool-versions, what the
 * framework is known to need, the default. Throws STACK_NOT_DETECTED, or BUILD_SETTINGS_INVALID for
 * the settings, where it cannot be had.
 */
export function choosePhpVersion(
  tree: SourceTree,
  wishes: Wishes,
  composer: Composer | undefined,
  known: { version: string; because: string } | undefined,
): PhpVersion {
  if (wishes.version !== null) return ofSettings(wishes.version, whereSaid(wishes, 'version'))
  return (
    ofComposer(composer) ??
    ofFile(tree) ??
    (known && { ...known, ignoresPatchLevel: false }) ?? {
      version: DEFAULT,
      because: '(the default; require.php in composer.json chooses another)',
      ignoresPatchLevel: false,
    }
  )
}

const HAVE = `Vastrox has PHP ${PHP_VERSIONS.join(', ')}`

function ofSettings(wanted: string, where: string): PhpVersion {
  const version = PHP_VERSIONS.find((one) => isSameMinor(one, wanted))
  if (version !== undefined) return { version, because: `(${where})`, ignoresPatchLevel: true }
  throw new CodedError('BUILD_SETTINGS_INVALID', {
    reason: `PHP ${wanted} is asked for (${where}), which is not offered: ${HAVE}.`,
  })
}

const isSameMinor = (version: string, wanted: string): boolean =>
  `${version}.`.startsWith(`${wanted.split('.').slice(0, 2).join('.')}.`)

function ofFile(tree: SourceTree): PhpVersion | undefined {
  const tools = /^php[ \t]+(\d[\d.]*)/m.exec(tree.read('.tool-versions') ?? '')?.[1]
  const wishes: Wish[] = [
    { where: '.php-version', text: (tree.read('.php-version') ?? '').trim() },
    { where: '.tool-versions', text: tools ?? '' },
  ]
  const wish = wishes.find(({ text }) => /^\d{1,3}(?:\.\d{1,3}){0,2}$/.test(text))
  if (!wish) return undefined
  const version = PHP_VERSIONS.find((one) => isSameMinor(one, wish.text))
  if (version === undefined) throw notThere(`${wish.where} says ${wish.text}`)
  return { version, because: `from ${wish.where}`, ignoresPatchLevel: false }
}

function ofComposer(composer: Composer | undefined): PhpVersion | undefined {
  if (!composer) return undefined
  const { require, config, locked } = composer
  const own = wishOf('composer.json', require['php'] ?? require['php-64bit'])
  const packages = (locked ?? []).flatMap(({ name, version, require: needs }) =>
    wishOf(`${name} ${version} in composer.lock`, needs['php']),
  )
  const platform = platformOf(config.platform['php'])
  if (own.length === 0 && packages.length === 0 && platform === undefined) return undefined

  const first = rate(own, PHP_VERSIONS)
  if (own.length > 0 && first.length === 0)
    throw notThere(`composer.json asks for PHP ${wordsOf(own)}`)
  const later = first.filter(({ version }) => platform === undefined || !isBelow(version, platform))
  if (platform !== undefined && later.length === 0)
    throw notThere(`config.platform.php in composer.json is ${platform}`)
  const all = rate(
    packages,
    later.map(({ version }) => version),
  )
  if (all.length === 0) throw notThere(whyNone(packages, later[0]?.version ?? DEFAULT))

  const rated = all.map(({ version, isExact }) => ({
    version,
    isExact: isExact && first.some((one) => one.version === version && one.isExact),
  }))
  // What was made for an older PHP is best run by the one that is nearest to it.
  const ordered = platform === undefined ? rated : rated.toReversed()
  const chosen = ordered.find(({ isExact }) => isExact) ?? ordered[0]
  if (!chosen) throw notThere('composer.json')
  return {
    version: chosen.version,
    because: `from composer.json (${wordsOfComposer(own, platform, packages)})`,
    ignoresPatchLevel: !chosen.isExact,
  }
}

const wishOf = (where: string, text: string | undefined): Wish[] =>
  text === undefined ? [] : [{ where, text }]

const platformOf = (written: unknown): string | undefined =>
  typeof written === 'string' && /^\d{1,3}(\.\d{1,3}){0,2}$/.test(written) ? written : undefined

/** Those of the versions that every wish allows; what cannot be read is Composer's to judge. */
const rate = (
  wishes: readonly Wish[],
  versions: readonly string[],
): { version: string; isExact: boolean }[] =>
  versions.flatMap((version) => {
    const matches = wishes.map(({ text }) => matchMinor(text, version) ?? 'yes')
    if (matches.includes('no')) return []
    return [{ version, isExact: !matches.includes('some') }]
  })

/** Compares minors only. */
function isBelow(version: string, platform: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [otherMajor = 0, otherMinor = 0] = platform.split('.').map(Number)
  return major < otherMajor || (major === otherMajor && minor < otherMinor)
}

function wordsOfComposer(
  own: readonly Wish[],
  platform: string | undefined,
  packages: readonly Wish[],
): string {
  const words = [
    ...(own.length > 0 ? [`require.php ${wordsOf(own)}`] : []),
    ...(platform === undefined ? [] : [`config.platform.php ${platform}`]),
  ]
  const narrowing = packages.find(({ text }) => matchMinor(text, DEFAULT) === 'no')
  if (narrowing) words.push(`${narrowing.where} wants ${narrowing.text}`)
  return words.length > 0 ? words.join(', ') : 'the packages of composer.lock allow it'
}

const wordsOf = (wishes: readonly Wish[]): string => wishes.map(({ text }) => text).join(', ')

function whyNone(packages: readonly Wish[], version: string): string {
  const stubborn = packages.find(({ text }) => matchMinor(text, version) === 'no')
  return stubborn ? `${stubborn.where} wants PHP ${stubborn.text}` : 'composer.lock'
}

const notThere = (what: string): CodedError =>
  new CodedError('STACK_NOT_DETECTED', {
    reason: `${plainText(what)}; there is no such PHP here. ${HAVE}: change that, or set version in the settings.`,
  })
