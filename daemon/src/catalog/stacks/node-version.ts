import { CodedError } from '@vastrox/shared/errors.ts'
import semver from 'semver'
import { type SourceTree, type Wishes, whereSaid } from '#ports/stack.ts'
import type { Manifest } from './node-manifest.ts'
import { plainText } from './plain-text.ts'

/** What can be prepared, best first. The first is the long-term release and the default. */
export const NODE_MAJORS: readonly string[] = ['26', '24', '22', '20', '18']

export const DEFAULT_NODE_MAJOR = '26'
/** What is compared with each of ours takes time by its length; a real one has a few characters. */
const MAX_WISH_LENGTH = 200
const CODENAMES: Record<string, string> = {
  hydrogen: '18',
  iron: '20',
  jod: '22',
  krypton: '24',
}

export interface NodeVersion {
  major: string
  /** Why it was chosen: "engines.node >=20 in package.json". */
  because: string
}

interface Place {
  tree: SourceTree
  manifest: Manifest | undefined
}

/**
 * The highest of ours that the settings or the project allow: the app's own directory first, then the
 * root of its workspace. Throws STACK_NOT_DETECTED where there is none.
 */
export function chooseNodeVersion(said: Wishes, places: readonly Place[]): NodeVersion {
  const wishes = [
    ...(said.version === null
      ? []
      : [{ wish: said.version, where: `${whereSaid(said, 'version')}: version` }]),
    ...places.flatMap(({ tree, manifest }) => wishesOf(tree, manifest)),
  ]
  const tooLong = wishes.filter(({ wish }) => wish.length > MAX_WISH_LENGTH)
  const left = tooLong
    .map(({ where }) => `; ${where} longer than ${MAX_WISH_LENGTH} characters, which is not read`)
    .join('')
  for (const { wish, where } of wishes) {
    if (wish.length > MAX_WISH_LENGTH) continue
    const range = asRange(wish)
    if (range === undefined) continue
    const major = NODE_MAJORS.find((one) =>
      semver.intersects(range, `${one}.x`, { includePrerelease: false }),
    )
    if (major === undefined) throw notThere(wish, where)
    return { major, because: `${where} ${wish}${left}` }
  }
  return {
    major: DEFAULT_NODE_MAJOR,
    because: `the default; set engines.node to choose another${left}`,
  }
}

function wishesOf(
  tree: SourceTree,
  manifest: Manifest | undefined,
): { wish: string; where: string }[] {
  const tools = /^nodejs[ \t]+(\S+)/m.exec(tree.read('.tool-versions') ?? '')?.[1]
  return [
    { wish: manifest?.engines['node'], where: 'engines.node in package.json is' },
    { wish: manifest?.volta['node'], where: 'volta.node in package.json is' },
    { wish: firstLine(tree.read('.nvmrc')), where: '.nvmrc says' },
    { wish: firstLine(tree.read('.node-version')), where: '.node-version says' },
    { wish: tools, where: '.tool-versions says' },
  ].flatMap(({ wish, where }) =>
    wish === undefined || wish.trim() === '' ? [] : [{ wish: wish.trim(), where }],
  )
}

const firstLine = (text: string | undefined): string | undefined =>
  text
    ?.split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .find((line) => line !== '')

/** What nvm and friends understand besides ranges; undefined for what nobody does. */
function asRange(wish: string): string | undefined {
  const word = wish.toLowerCase().replace(/^node(js)?[@-]/, '')
  if (['*', 'node', 'stable', 'latest', 'current', 'lts', 'lts/*', 'lts/-0'].includes(word))
    return `${DEFAULT_NODE_MAJOR}.x`
  const name = word.replace(/^lts\//, '')
  const codename = Object.hasOwn(CODENAMES, name) ? CODENAMES[name] : undefined
  if (codename !== undefined) return `${codename}.x`
  return semver.validRange(word) ?? undefined
}

const notThere = (wish: string, where: string): CodedError =>
  new CodedError('STACK_NOT_DETECTED', {
    reason: `${where} ${plainText(wish)}; there is no such Node.js here. Vastrox has ${NODE_MAJORS.join(', ')}.`,
  })
