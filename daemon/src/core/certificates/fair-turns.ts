import type { DueWant, WantOwner } from '#store/certificate-want-store.ts'

export interface Waiting {
  due: readonly DueWant[]
  /** For whom something is under way. */
  underWay: readonly WantOwner[]
  /** Of the dashboard: nobody can mend anything without it. */
  isOwn: (names: string) => boolean
}

/**
 * Whose turn it is: the dashboard's own names first, then the team for which least is under way, of
 * that the app for which least is, of that whoever has waited longest. So a thousand domains of one app
 * keep nobody else's first one waiting.
 */
export function nextTurn({ due, underWay, isOwn }: Waiting): DueWant | undefined {
  const ofTeam = countBy(underWay, ({ team }) => team)
  const ofApp = countBy(underWay, appKey)
  const rankOf = (want: DueWant): [number, number, number] => [
    isOwn(want.names) ? 0 : 1,
    ofTeam.get(want.owner.team) ?? 0,
    ofApp.get(appKey(want.owner)) ?? 0,
  ]
  let best: { want: DueWant; rank: [number, number, number] } | undefined
  for (const want of due) {
    const rank = rankOf(want)
    // Of equals the first one: they come longest waiting first.
    if (!best || isBefore(rank, best.rank)) best = { want, rank }
  }
  return best?.want
}

const appKey = ({ team, app }: WantOwner): string => `${team} ${app}`

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1)
  return counts
}

function isBefore(one: readonly number[], other: readonly number[]): boolean {
  const at = one.findIndex((value, index) => value !== other[index])
  return at !== -1 && (one[at] ?? 0) < (other[at] ?? 0)
}
