import type { Follow } from '@vastrox/shared/external-source.ts'
import type { RemoteRef } from '#ports/external-git.ts'

/** What git is asked for. */
export const patternsOf = (follow: Follow): string[] =>
  follow.kind === 'branch' ? [`refs/heads/${follow.name}`] : ['refs/tags/*']

/** The ref to deploy: the branch, or of the tags that match the highest by version. */
export function chooseRef(follow: Follow, refs: readonly RemoteRef[]): RemoteRef | undefined {
  return refs
    .filter(({ ref }) => isFollowed(follow, ref))
    .toSorted((one, other) => compareVersions(one.ref, other.ref))
    .at(-1)
}

export function isFollowed(follow: Follow, ref: string): boolean {
  if (follow.kind === 'branch') return ref === `refs/heads/${follow.name}`
  return ref.startsWith('refs/tags/') && globOf(follow.pattern).test(ref.slice('refs/tags/'.length))
}

export const sayFollow = (follow: Follow): string =>
  follow.kind === 'branch' ? `the branch ${follow.name}` : `tags like ${follow.pattern}`

/** Numbers by size, the rest by letter; `1.0.0` is higher than `1.0.0-rc.1`. */
export function compareVersions(one: string, other: string): number {
  const [first, second] = [partsOf(one), partsOf(other)]
  const byNumber = COLLATOR.compare(first.base, second.base)
  if (byNumber !== 0) return byNumber
  if (first.rest === '' || second.rest === '')
    return Number(first.rest === '') - Number(second.rest === '')
  return COLLATOR.compare(first.rest, second.rest)
}

const COLLATOR = new Intl.Collator('en', { numeric: true })

function partsOf(text: string): { base: string; rest: string } {
  const at = /\d-/.exec(text)
  return at
    ? { base: text.slice(0, at.index + 1), rest: text.slice(at.index + 2) }
    : { base: text, rest: '' }
}

const globOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\/]/g, String.raw`\$&`)
      .replaceAll(/\*+/g, '[^/]*')
      .replaceAll('?', '[^/]')}$`,
  )
