import type { Ban, FirewallEffect, FirewallReading } from '@vastrox/shared/agent-api-firewall.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { FIRST_FIREWALL_STATE, type FirewallState } from '@vastrox/shared/firewall-rule.ts'
import type { NodeFirewall } from '#ports/node-firewall.ts'

interface Applied {
  generation: number
  state: FirewallState
}

/** The firewall of a node in memory. What is open, and so what closes, is the test's to say. */
export function createFakeFirewall() {
  let confirmed: Applied = { generation: 0, state: FIRST_FIREWALL_STATE }
  let pending: (Applied & { until: string }) | undefined
  let reverted: FirewallReading['reverted'] = null
  let last = 0
  const bans = new Map<string, Ban>()

  const takeBack = (because: 'not-confirmed' | 'asked-for' | 'reboot'): void => {
    if (!pending) return
    reverted = { generation: pending.generation, at: new Date(0).toISOString(), because }
    pending = undefined
  }

  function take(generation: number, state: FirewallState, confirmWithinMs: number) {
    if (confirmWithinMs === 0) {
      pending = undefined
      confirmed = { generation, state }
      return { generation, pendingUntil: null }
    }
    const until = new Date(confirmWithinMs).toISOString()
    pending = { generation, state, until }
    return { generation, pendingUntil: until }
  }

  const fake = {
    /** Whether a state closes anything; by default only enforcing does. */
    closes: (state: FirewallState): boolean => state.mode === 'enforce',
    /** What answers, and what becomes of it. */
    effects: (_state: FirewallState): FirewallEffect[] => [],
    /** Set: the next states are refused so. */
    refuse: undefined as CodedError | undefined,
    /** So many states are taken whose reply never arrives. */
    loseReplies: 0,
    /** Set: states are taken, and whoever asked waits for ever. */
    isStuck: false,
    /** Who may not be banned. */
    mayNotBan: (_address: string): string | undefined => undefined,
    bans,
    loaded: (): FirewallState => (pending ?? confirmed).state,
    confirmed: (): Applied => confirmed,
    /** The time is over and nobody has confirmed. */
    runOut: (): void => takeBack('not-confirmed'),
    reboot: (): void => takeBack('reboot'),
    /** Its files are gone. */
    forget: (): void => {
      confirmed = { generation: 0, state: FIRST_FIREWALL_STATE }
    },
    agent: createAgent,
  }

  function createAgent(ask: (verb: string) => Promise<void>): NodeFirewall {
    return {
      async preview(state) {
        await ask('preview-firewall')
        return { text: '', effects: fake.effects(state), closes: fake.closes(state), warnings: [] }
      },
      async apply(state, confirmWithinMs) {
        await ask('apply-firewall')
        if (confirmWithinMs === 0 && fake.closes(state))
          throw new CodedError('FIREWALL_CONFIRM_NEEDED')
        if (fake.refuse) throw fake.refuse
        last += 1
        const generation = last
        const reply = take(generation, state, confirmWithinMs)
        if (fake.isStuck) await new Promise<never>(() => {})
        if (fake.loseReplies === 0) return reply
        fake.loseReplies -= 1
        throw new CodedError('AGENT_UNREACHABLE')
      },
      async confirm(generation) {
        await ask('confirm-firewall')
        if (confirmed.generation === generation) return
        if (pending?.generation !== generation) throw new CodedError('FIREWALL_NOT_PENDING')
        confirmed = { generation, state: pending.state }
        pending = undefined
      },
      async revert() {
        await ask('revert-firewall')
        takeBack('asked-for')
        return confirmed.generation
      },
      async read() {
        await ask('read-firewall')
        return {
          problem: null,
          mode: fake.loaded().mode,
          confirmedGeneration: confirmed.generation,
          pending: pending ? { generation: pending.generation, until: pending.until } : null,
          reverted,
          counters: [],
          wouldDrop: [],
          bans: [...bans.values()],
          others: { ufw: 'absent', firewalld: 'absent' },
          tables: [],
        }
      },
      async changeBans({ add, remove }) {
        await ask('change-bans')
        const refused = []
        for (const { address, seconds, reason } of add) {
          const why = fake.mayNotBan(address)
          if (why === undefined)
            bans.set(address, { address, reason, until: new Date(seconds * 1_000).toISOString() })
          else refused.push({ address, reason: why })
        }
        for (const address of remove) bans.delete(address)
        return { refused }
      },
    }
  }

  return fake
}
export type FakeFirewall = ReturnType<typeof createFakeFirewall>
