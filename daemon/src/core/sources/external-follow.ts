import type { Follow } from '@vastrox/shared/external-source.ts'
import type { RemoteRef } from '#ports/external-git.ts'

const TAGS = 'refs/tags/'
/** Longer ones are not fetched either. */
const MAX_REF = 250

/** What git is asked for. */
export const patternsOf = (follow: Follow): string[] =>
  follow.kind === 'branch' ? [`refs/heads/${follow.name}`] : ['refs/tags/*']

/** The ref to deploy: the branch, or of the tags that match the highest by version. */
export function chooseRef(follow: Follow, refs: readonly RemoteRef[]): RemoteRef | undefined {
  let highest: RemoteRef | undefined
  for (const one of refs)
    if (isFollowed(follow, one.ref))
      if (!highest || compareVersions(highest.ref, one.ref) <= 0) highest = one
  return highest
}

export function isFollowed(follow: Follow, ref: string): boolean {
  if (follow.kind === 'branch') return ref === `refs/heads/${follow.name}`
  if (!ref.startsWith(TAGS) || ref.length > MAX_REF) return false
  const [parts, names] = [follow.pattern.split('/'), ref.slice(TAGS.length).split('/')]
  return parts.length === names.length && names.every((name, at) => matches(parts[at] ?? '', name))
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

/**
 * `*` stands for any characters and `?` for one. By going back to the last star alone: both the
 * pattern and the names are somebody else's, and a regular expression tries every way there is.
 */
function matches(pattern: string, name: string): boolean {
  let [at, of, star, from] = [0, 0, -1, 0]
  while (of < name.length)
    if (pattern[at] === '*') [star, from, at] = [at, of, at + 1]
    else if (pattern[at] === '?' || pattern[at] === name[of]) [at, of] = [at + 1, of + 1]
    else if (star >= 0) [from, at, of] = [from + 1, star + 1, from + 1]
    else return false
  while (pattern[at] === '*') at += 1
  return at === pattern.length
}
