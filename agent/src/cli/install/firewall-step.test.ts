import { FirewallPreview, FirewallStatus } from '@vastrox/shared/firewall.ts'
import type { FirewallMode } from '@vastrox/shared/firewall-rule.ts'
import { expect, it } from 'vitest'
import { sayObserving, setUpFirewall } from '#agent/cli/install/firewall-step.ts'

const POSTGRES = {
  protocol: 'tcp',
  port: 5432,
  what: 'postgres',
  before: 'open',
  after: 'open',
  operatorUses: false,
  ours: false,
  keptOpen: true,
} as const

interface World {
  wanted?: FirewallMode
  publicAddress?: string
  answer?: string
  others?: string[]
  problem?: string
  /** What becomes of a change that waits. */
  ends?: 'confirmed' | 'reverted'
}

/** A daemon that waits for a confirmation when it is told to enforce. */
async function setUp(world: World) {
  const { wanted, publicAddress = '198.41.0.4', answer, others = [], ends = 'confirmed' } = world
  const said: string[] = []
  const asked: string[] = []
  let mode: FirewallMode = 'observe'
  let looks = 0
  const changeIn = (state: string) => ({
    number: 1,
    state,
    mode,
    summary: `to ${mode}`,
    actor: 'root',
    at: '2026-11-26T12:00:00.000Z',
    pendingUntil: state === 'pending' ? '2026-11-26T12:01:00.000Z' : null,
    endedAt: null,
    reason: state === 'reverted' ? 'Nobody confirmed it.' : null,
  })
  const answers: Record<string, () => unknown> = {
    firewall() {
      looks += 1
      const isPending = mode === 'enforce' && looks < 4
      const last = changeIn(isPending ? 'pending' : mode === 'enforce' ? ends : 'confirmed')
      return FirewallStatus.parse({
        mode,
        meaning: '',
        pending: isPending ? last : null,
        lastChange: mode === 'observe' ? null : last,
        ruleCount: 0,
        sets: [],
        allowList: [],
        keepOpen: [],
        maxConnectionsPerSource: 0,
        wouldDrop: [],
        others,
        webPorts: [80],
        problem: world.problem ?? null,
        yourAddress: null,
        isNewConnection: false,
      })
    },
    'firewall:preview': () =>
      FirewallPreview.parse({
        mode: 'enforce',
        words: ['…'],
        effects: [POSTGRES],
        warnings: [],
        needsConfirmation: true,
        keepOpen: [],
      }),
    'firewall:enforce'() {
      mode = 'enforce'
      return changeIn('pending')
    },
    'firewall:isolate'() {
      mode = 'isolate'
      return changeIn('confirmed')
    },
  }
  await setUpFirewall({
    ask: async (args, schema) => {
      asked.push(args.join(' '))
      return schema.parse(answers[args[0] ?? '']?.())
    },
    say: (line) => said.push(line),
    question:
      answer === undefined
        ? undefined
        : async (text) => {
            said.push(text)
            return answer
          },
    wanted,
    publicAddress,
    command: 'vastrox',
    waitMs: 1,
  })
  return { said: said.join('\n'), asked }
}

it('only watches where nobody is there to ask, and says in one line what enforcing would close', async () => {
  const { said, asked } = await setUp({})

  expect(said).toBe(
    '  Firewall: observing, nothing is dropped. Enforcing would close nothing that answers today,' +
      ' and leave open what is not of Vastrox: 5432/tcp (postgres).',
  )
  expect(asked).toEqual(['firewall --json', 'firewall:preview enforce --json'])
})

it.each([
  [{ answer: 'y', publicAddress: '127.0.0.1' }],
  [{ answer: 'y', publicAddress: '192.168.1.5' }],
  [{ answer: 'y', others: ['ufw is active beside Vastrox.'] }],
  [{ answer: '' }],
  [{ answer: 'n' }],
])('does not enforce with %j', async (world) => {
  const { said, asked } = await setUp(world)

  expect(asked).not.toContain('firewall:enforce --json')
  expect(said).toContain('Firewall: observing')
  expect(said.includes('Enforce it now?')).toBe(world.answer !== 'y')
})

it('enforces when the operator says so, and waits for the confirmation over another connection', async () => {
  const { said } = await setUp({ answer: 'y' })

  expect(said).toContain('open ANOTHER connection')
  expect(said).toContain('vastrox firewall:confirm')
  expect(said.endsWith('  Firewall: enforce')).toBe(true)
})

it('says that all is as it was where nobody confirms', async () => {
  const { said } = await setUp({ wanted: 'enforce', ends: 'reverted' })

  expect(said).toContain('the firewall is as it was: Nobody confirmed it.')
})

it('does at once what nobody has to confirm', async () => {
  const { said, asked } = await setUp({ wanted: 'isolate' })

  expect(asked[1]).toBe('firewall:isolate --json')
  expect(said).toBe('  Firewall: isolate')
})

it('goes on where there is no firewall that could be used', async () => {
  const { said, asked } = await setUp({ problem: 'nftables is missing', answer: 'y' })

  expect(said).toBe('  note: the firewall is not loaded: nftables is missing')
  expect(asked).toEqual(['firewall --json'])
})

it('names a few ports and counts the rest', () => {
  const effects = Array.from({ length: 12 }, (_, at) => ({
    ...POSTGRES,
    port: 7_000 + at,
    after: 'closed' as const,
    keptOpen: false,
  }))

  expect(sayObserving({ effects })).toContain('7007/tcp (postgres) and 4 more.')
})
