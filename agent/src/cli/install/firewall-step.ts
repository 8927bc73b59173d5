import { setTimeout as sleep } from 'node:timers/promises'
import { FirewallChange, FirewallPreview, FirewallStatus } from '@vastrox/shared/firewall.ts'
import type { FirewallMode } from '@vastrox/shared/firewall-rule.ts'
import type { z } from 'zod'
import { isPublic } from '#agent/cli/install/addresses.ts'

interface Deps {
  /** Runs a command of the daemon that prints JSON. */
  ask: <Schema extends z.ZodType>(
    args: readonly string[],
    schema: Schema,
  ) => Promise<z.output<Schema>>
  say: (line: string) => void
  /** Asks at the terminal; undefined where nobody is there to answer. */
  question: ((text: string) => Promise<string | undefined>) | undefined
  /** --firewall; undefined: as it is. */
  wanted: FirewallMode | undefined
  publicAddress: string
  /** As people type it on this server. */
  command: string
  waitMs?: number
}

const LOOK_EVERY_MS = 1_000
/** The guard takes 60 s; a little longer, and nobody waits for ever. */
const MAX_LOOKS = 90
const MAX_NAMED = 8

/**
 * Decision 13: a new installation only watches, and says what enforcing would close. On a server that
 * strangers reach it is offered, under the guard; a failure here is said and fails nothing.
 */
export async function setUpFirewall(deps: Deps): Promise<void> {
  try {
    const status = await deps.ask(['firewall', '--json'], FirewallStatus)
    const wanted = deps.wanted ?? (await whatIsWanted(deps, status))
    if (status.problem !== null) deps.say(`  note: the firewall is not loaded: ${status.problem}`)
    else if (wanted !== undefined && wanted !== status.mode) await changeMode(deps, wanted)
    else if (status.mode !== 'observe') deps.say(`  Firewall: ${status.mode}`)
  } catch (error) {
    deps.say(`  note: the firewall could not be looked at: ${messageOf(error)}`)
  }
}

/** What the operator says, where there is one and where it is sensible to ask. */
async function whatIsWanted(
  deps: Deps,
  { mode, others, problem }: FirewallStatus,
): Promise<FirewallMode | undefined> {
  if (mode !== 'observe' || problem !== null) return undefined
  const preview = await deps.ask(['firewall:preview', 'enforce', '--json'], FirewallPreview)
  deps.say(sayObserving(preview))
  for (const line of others) deps.say(`  note: ${line}`)
  if (others.length > 0 || !isPublic(deps.publicAddress) || !deps.question) return undefined
  const answer = await deps.question(
    '  Enforce it now? It goes back by itself after 60 s unless you confirm it. [y/N] ',
  )
  return /^y(es)?$/i.test(answer?.trim() ?? '') ? 'enforce' : undefined
}

async function changeMode({ ask, say, command, waitMs = LOOK_EVERY_MS }: Deps, mode: FirewallMode) {
  const { number, state, pendingUntil } = await ask([`firewall:${mode}`, '--json'], FirewallChange)
  if (state === 'pending') {
    say(`  Firewall: ${mode} until ${pendingUntil ?? ''}, unless it is confirmed.`)
    say(`  Now open ANOTHER connection to this server and run there: ${command} firewall:confirm`)
    say('  or press "Keep it" on the Firewall page of the dashboard.')
  }
  for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
    const { lastChange, pending } = await ask(['firewall', '--json'], FirewallStatus)
    if (pending === null && lastChange?.number === number)
      return say(
        lastChange.state === 'confirmed'
          ? `  Firewall: ${mode}`
          : `  note: the firewall is as it was: ${lastChange.reason ?? lastChange.state}`,
      )
    await sleep(waitMs)
  }
  return say(`  note: what became of the firewall says: ${command} firewall`)
}

/** One line of what enforcing would close, and what it would leave. */
export function sayObserving({ effects }: Pick<FirewallPreview, 'effects'>): string {
  const closed = effects.filter(({ before, after }) => before !== 'closed' && after === 'closed')
  const kept = effects.filter(({ keptOpen }) => keptOpen)
  const closes = closed.length === 0 ? 'nothing that answers today' : named(closed)
  const leaves = kept.length === 0 ? '' : `, and leave open what is not of Vastrox: ${named(kept)}`
  return `  Firewall: observing, nothing is dropped. Enforcing would close ${closes}${leaves}.`
}

function named(effects: FirewallPreview['effects']): string {
  const names = effects
    .slice(0, MAX_NAMED)
    .map(({ port, protocol, what }) => `${port}/${protocol}${what === '' ? '' : ` (${what})`}`)
  const more = effects.length - names.length
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
