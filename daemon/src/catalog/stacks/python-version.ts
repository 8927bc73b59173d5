import { CodedError } from '@vastrox/shared/errors.ts'
import { type SourceTree, type Wishes, whereSaid } from '#ports/stack.ts'
import { plainText } from './plain-text.ts'
import { type Pipfile, type Pyproject, readMise } from './python-manifest.ts'
import { readSpecifier } from './python-specifier.ts'

/** With the patch release that Debian has of each, best first. */
const OF_DEBIAN: readonly (readonly [version: string, whole: string])[] = [
  ['3.13', '3.13.5'],
  ['3.11', '3.11.2'],
  ['3.9', '3.9.2'],
]
/** What the agent makes of the official images, in the newest patch release, where a registry answers. */
const OF_REGISTRY: readonly (readonly [version: string, whole: string])[] = [
  ['3.14', '3.14.999'],
  ['3.12', '3.12.999'],
]
/** Those that every server can have go first, also where a project allows a newer one. */
const VERSIONS = [...OF_DEBIAN, ...OF_REGISTRY]

const DEFAULT_VERSION = '3.13'
const MAX_WISH_LENGTH = 200
const END_OF_LIFE: Record<string, string> = { '3.9': 'October 2025' }

export interface PythonVersion {
  version: string
  /** Why it was chosen: "requires-python in pyproject.toml is >=3.10". */
  because: string
  advice: string[]
}

interface Wish {
  wish: string
  where: string
  /**
   * `pin`: a version, of which the patch is Debian's to choose. `suggestion`: a pin of the developer's
   * own machine, which a range of the project goes over. `range`: kept to the letter.
   */
  kind: 'pin' | 'suggestion' | 'range'
}

/** The highest of ours that the project allows. Throws STACK_NOT_DETECTED where there is none. */
export function choosePythonVersion(
  tree: SourceTree,
  wishes: Wishes,
  manifests: { pyproject: Pyproject | undefined; pipfile: Pipfile | undefined },
): PythonVersion {
  const all = wishesOf(tree, wishes, manifests)
  const passedOver: string[] = []
  for (const [at, { wish, where, kind }] of all.entries()) {
    const allows = wish.length > MAX_WISH_LENGTH ? undefined : testOf(wish, kind)
    if (allows === undefined) {
      if (kind === 'pin') throw notThere(wish, where)
      passedOver.push(`${where} ${shown(wish)}, which is not read`)
      continue
    }
    const yields = kind === 'suggestion' && all.slice(at + 1).some((one) => one.kind === 'range')
    const version = (yields ? OF_DEBIAN : VERSIONS).find(([, whole]) => allows(whole))?.[0]
    if (version !== undefined) return chosen(version, [`${where} ${wish}`, ...passedOver])
    if (!yields) throw notThere(wish, where)
    passedOver.push(`${where} ${shown(wish)}, which Debian does not have`)
  }
  return chosen(DEFAULT_VERSION, [
    'the default; a .python-version file chooses another',
    ...passedOver,
  ])
}

const chosen = (version: string, because: readonly string[]): PythonVersion => {
  const ended = END_OF_LIFE[version]
  return {
    version,
    because: because.join('; '),
    advice:
      ended === undefined
        ? []
        : [
            `Python ${version} gets no fixes from its makers since ${ended}: ${DEFAULT_VERSION} can be had too.`,
          ],
  }
}

function wishesOf(
  tree: SourceTree,
  wishes: Wishes,
  { pyproject, pipfile }: { pyproject: Pyproject | undefined; pipfile: Pipfile | undefined },
): Wish[] {
  const tools = /^python[ \t]+(\S{1,300})/m.exec(tree.read('.tool-versions') ?? '')?.[1]
  const { python_full_version: full, python_version: minor } = pipfile?.requires ?? {}
  const poetry = pyproject?.tool.poetry?.dependencies['python']
  const setup =
    /^\s*python_requires\s*=\s*(.{1,300})$/m.exec(tree.read('setup.cfg') ?? '')?.[1] ??
    /python_requires\s*=\s*["']([^"'\n]{1,300})["']/.exec(tree.read('setup.py') ?? '')?.[1]
  const list: [wish: string | undefined | null, where: string, kind: Wish['kind']][] = [
    [wishes.version, `version in ${whereSaid(wishes, 'version')} is`, 'pin'],
    [firstLine(tree.read('runtime.txt')), 'runtime.txt says', 'pin'],
    [firstLine(tree.read('.python-version')), '.python-version says', 'suggestion'],
    [tools, '.tool-versions says python', 'suggestion'],
    [readMise(tree), 'mise.toml says python', 'suggestion'],
    [full, 'python_full_version in the Pipfile is', 'pin'],
    [minor, 'python_version in the Pipfile is', 'pin'],
    [pyproject?.project?.['requires-python'], 'requires-python in pyproject.toml is', 'range'],
    [typeof poetry === 'string' ? poetry : undefined, 'python in pyproject.toml is', 'range'],
    [setup, 'python_requires is', 'range'],
  ]
  return list.flatMap(([wish, where, kind]) =>
    wish === undefined || wish === null || wish.trim() === ''
      ? []
      : [{ wish: wish.trim(), where, kind }],
  )
}

const firstLine = (text: string | undefined): string | undefined =>
  text
    ?.replace(/^\u{feff}/u, '')
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(/#.*/, '').trim())
    .find((line) => line !== '')

/** undefined for what nobody understands. */
function testOf(wish: string, kind: Wish['kind']): ((whole: string) => boolean) | undefined {
  if (kind === 'range') return readSpecifier(wish)
  const word = wish
    .toLowerCase()
    .replace(/^(cpython|python)[-@]?\s*/, '')
    .replace(/t$/, '')
  if (['*', 'latest', 'lts', 'system'].includes(word)) return () => true
  const [, minor] = /^([0-9]{1,3}(?:\.[0-9]{1,3})?)(?:\.[0-9]{1,3}|\.\*|\.x)?$/.exec(word) ?? []
  if (minor !== undefined) return readSpecifier(minor)
  return /^[<>=~^!]/.test(word) ? readSpecifier(word) : undefined
}

const shown = (wish: string): string =>
  wish.length > MAX_WISH_LENGTH ? `${wish.slice(0, 20)}…` : wish

const notThere = (wish: string, where: string): CodedError =>
  new CodedError('STACK_NOT_DETECTED', {
    reason: `${where} ${plainText(shown(wish))}; there is no such Python here. Vastrox has ${OF_DEBIAN.map(([version]) => version).join(', ')}, and from an image registry ${OF_REGISTRY.map(([version]) => version).join(', ')}.`,
  })
