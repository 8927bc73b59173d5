import type { Entry, Loaded } from '#agent/firewall/reach.ts'

/** Who gets to a port by the firewall's rules alone. */
export type RuleReach =
  | { reach: 'world'; because: string }
  | { reach: 'some'; to: string[]; because: string }
  | { reach: 'closed'; because: string }

const OBSERVES = {
  observe: 'The firewall only counts.',
  isolate: 'The firewall fences apps in and only counts for the ports of this machine.',
} as const
const NOT_LOADED = 'The rules of the firewall are not in the kernel.'

/** By the entries about one port. `isLoaded` false: somebody has removed our table. */
export function ruleReach(
  mode: Loaded['state']['mode'],
  entries: readonly Entry[],
  isLoaded: boolean,
): RuleReach {
  if (!isLoaded) return { reach: 'world', because: NOT_LOADED }
  if (mode !== 'enforce') return { reach: 'world', because: OBSERVES[mode] }
  const letIn = new Set<string>()
  const keptOut = new Set<string>()
  for (const { verdict, sources, rate } of entries) {
    const into = verdict === 'deny' ? keptOut : letIn
    const other = verdict === 'deny' ? letIn : keptOut
    for (const source of sources) if (!other.has(source)) into.add(source)
    if (sources.length > 0) continue
    if (verdict === 'deny') return closedBut(letIn)
    if (keptOut.size > 0)
      return {
        reach: 'some',
        to: [`everybody but ${[...keptOut].join(', ')}`],
        because: 'A rule keeps some out.',
      }
    if (verdict === 'limit')
      return { reach: 'world', because: `A rule lets each source in ${rate} times a minute.` }
    return { reach: 'world', because: 'The firewall lets everybody in.' }
  }
  return closedBut(letIn)
}

const closedBut = (letIn: ReadonlySet<string>): RuleReach =>
  letIn.size === 0
    ? { reach: 'closed', because: 'The firewall lets nobody in.' }
    : { reach: 'some', to: [...letIn], because: 'The firewall lets these in and nobody else.' }
