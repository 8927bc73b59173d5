import {
  Ban,
  CountedRule,
  FirewallChange,
  type FirewallEffect,
  FirewallPreview,
  FirewallStatus,
  FirewallWish,
  NewBan,
  NewFirewallRule,
} from '@vastrox/shared/firewall.ts'
import type { ErrorCode } from '@vastrox/shared/errors.ts'
import { FirewallMode } from '@vastrox/shared/firewall-rule.ts'
import type { z } from 'zod'

interface Asked {
  params: string[]
  body: unknown
}
type Fail = (code: ErrorCode) => Error

const HOUR_MS = 3_600_000
const PENDING_MS = 60_000
const later = (ms: number): string => new Date(Date.now() + ms).toISOString()
const page = (items: readonly unknown[]) => ({ items, nextCursor: null })
const POSTGRES = { protocol: 'tcp', port: 5432, what: 'postgres', before: 'open' } as const
const SSH = { protocol: 'tcp', port: 22, what: 'sshd', before: 'open', after: 'open' } as const
const MEANING: Record<FirewallMode, string> = {
  observe: 'Nothing is dropped. What the rules would close is only counted.',
  isolate: 'Apps and builds are kept from this machine and from private networks.',
  enforce: 'Only what is allowed is let in. Everything else is dropped.',
}

const RULES = [
  {
    id: 'r1',
    action: 'allow',
    ports: ['5432'],
    sources: ['203.0.113.7'],
    comment: 'Database for 203.0.113.7',
    expiresAt: later(2 * HOUR_MS),
    packets: 1_284,
    bytes: 90_000,
  },
  {
    id: 'r2',
    action: 'deny',
    protocol: 'any',
    sources: ['198.51.100.0/24', '2001:db8:bad::/48'],
    comment: 'Blocked',
    packets: 80_211,
    bytes: 4_800_000,
  },
  { id: 'r3', action: 'limit', ports: ['22'], ratePerMinute: 6, packets: 40, bytes: 2_400 },
] as const

/** A firewall that does as it is told, and waits for a confirmation where the real one would. */
export function mockFirewall(fail: Fail) {
  let mode: FirewallMode = 'observe'
  let before: FirewallMode = 'observe'
  let rules = RULES.map(({ id, packets, bytes, ...rule }) =>
    CountedRule.parse({ ...NewFirewallRule.parse(rule), id, packets, bytes }),
  )
  let allowList = ['203.0.113.0/24']
  let keepOpen: z.infer<typeof FirewallPreview>['keepOpen'] = []
  let pending: FirewallChange | null = null
  let number = 0
  let changes: FirewallChange[] = []
  let oldConnections = 0
  let bans: Ban[] = [
    {
      id: 'ban00001',
      address: '192.0.2.66',
      reason: '20 failed sign-ins within 10 minutes',
      actor: 'vastrox',
      at: later(-HOUR_MS / 4),
      until: later(HOUR_MS),
    },
  ]

  function changeOf(state: FirewallChange['state'], summary: string): FirewallChange {
    number += 1
    const change = FirewallChange.parse({
      number,
      state,
      mode,
      summary,
      actor: 'anna',
      at: new Date().toISOString(),
      pendingUntil: state === 'pending' ? later(PENDING_MS) : null,
      endedAt: state === 'pending' ? null : new Date().toISOString(),
      reason: state === 'reverted' ? 'Taken back by anna.' : null,
    })
    changes = [change, ...changes]
    return change
  }

  function keptBy(wish: z.output<typeof FirewallWish>): typeof keepOpen {
    if (wish.keepOpen) return wish.keepOpen
    return wish.mode === 'enforce' ? [{ protocol: 'tcp', port: 5432 }] : keepOpen
  }

  function effectsOf(wanted: FirewallMode, kept: typeof keepOpen): FirewallEffect[] {
    const keptOpen = kept.some(({ port }) => port === 5432)
    const after = wanted === 'enforce' && !keptOpen ? 'closed' : 'open'
    const postgres = { ...POSTGRES, after, operatorUses: false, ours: false, keptOpen } as const
    return [postgres, { ...SSH, operatorUses: true, ours: false, keptOpen: false }]
  }

  const ROUTES: Record<string, (asked: Asked) => unknown> = {
    'GET /firewall': () =>
      FirewallStatus.parse({
        mode,
        meaning: MEANING[mode],
        pending,
        lastChange: changes[0] ?? null,
        ruleCount: rules.length,
        sets: [],
        allowList,
        keepOpen,
        maxConnectionsPerSource: 1_000,
        wouldDrop: [
          {
            protocol: 'tcp',
            port: 23,
            packets: 8_120,
            lastSources: ['192.0.2.14', '2001:db8:1:2::1'],
          },
          { protocol: 'udp', port: 1900, packets: 311, lastSources: ['198.51.100.200'] },
        ],
        others: ['ufw is active beside Vastrox: a port is open only where both let it through.'],
        webPorts: [80, 443],
        problem: null,
        yourAddress: '203.0.113.7',
        isNewConnection: oldConnections === 0,
      }),
    'GET /firewall/rules': () => page(rules),
    'GET /firewall/bans': () => page(bans),
    'GET /firewall/changes': () => page(changes),
    'POST /firewall/preview': ({ body }) => {
      const wish = FirewallWish.parse(body)
      const wanted = wish.mode ?? mode
      const kept = keptBy(wish)
      const isKept = kept.length > 0
      return FirewallPreview.parse({
        mode: wanted,
        words: [
          isKept
            ? 'leaves 5432/tcp open, where postgres answers, as it is not one of ours'
            : 'closes 5432/tcp, where postgres answers',
          'your own connection over 22/tcp stays',
        ],
        effects: effectsOf(wanted, kept),
        warnings: wanted === 'enforce' ? ['Port 8443 is reached from everywhere.'] : [],
        needsConfirmation: wanted === 'enforce',
        keepOpen: kept,
      })
    },
    'POST /firewall/apply': ({ body }) => {
      if (pending) throw fail('FIREWALL_CHANGE_PENDING')
      const wish = FirewallWish.parse(body)
      keepOpen = keptBy(wish)
      before = mode
      mode = wish.mode ?? mode
      allowList = wish.allowList ?? allowList
      if (wish.rules)
        rules = wish.rules.map(({ id, ...rule }) =>
          CountedRule.parse({
            ...rule,
            id: id ?? `r${Math.random().toString(36).slice(2, 8)}`,
            packets: 0,
            bytes: 0,
          }),
        )
      if (mode !== 'enforce') return changeOf('confirmed', 'changed')
      pending = changeOf('pending', `from ${before} to ${mode}`)
      oldConnections = 3
      return pending
    },
    'POST /firewall/confirm': () => {
      if (!pending) throw fail('FIREWALL_NOT_PENDING')
      if (oldConnections > 0) {
        oldConnections -= 1
        throw fail('FIREWALL_CONNECTION_OLD')
      }
      pending = null
      return changeOf('confirmed', 'kept')
    },
    'POST /firewall/revert': () => {
      if (!pending) throw fail('FIREWALL_NOT_PENDING')
      pending = null
      mode = before
      return changeOf('reverted', 'taken back')
    },
    'POST /firewall/bans': ({ body }) => {
      const { address, seconds, reason } = NewBan.parse(body)
      if (address === '203.0.113.7') throw fail('BAN_REFUSED')
      const ban = { id: `ban0000${bans.length + 1}`, address, reason, actor: 'anna' }
      const made = Ban.parse({ ...ban, at: later(0), until: later(seconds * 1_000) })
      bans = [made, ...bans]
      return made
    },
    'DELETE /firewall/bans/:': ({ params }) => {
      bans = bans.filter(({ id }) => id !== params[0])
    },
    'GET /apps/:/egress': () => ({
      internet: true,
      smtp: false,
      allow: [{ cidr: '10.0.0.5', protocol: 'tcp', ports: ['5432'] }],
    }),
    'PATCH /apps/:/egress': () => ({ internet: true, smtp: false, allow: [] }),
  }
  return ROUTES
}
