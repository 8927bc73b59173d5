import { setImmediate } from 'node:timers/promises'
import type { Actor } from '@vastrox/shared/actor.ts'
import type { FirewallEffect } from '@vastrox/shared/agent-api-firewall.ts'
import type { CommandOrigin } from '@vastrox/shared/command-origin.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { NewFirewallRule } from '@vastrox/shared/firewall.ts'
import { beforeEach, describe, expect, it } from 'vitest'
import { CONFIRM_WITHIN_MS } from '#core/firewall/firewall-changes.ts'
import { createFirewallService } from '#core/firewall/firewall-service.ts'
import { type AppHarness, createAppHarness } from '#test/app-harness.ts'

const coded = (code: string) => expect.objectContaining({ code })
const HERE: CommandOrigin = { kind: 'console' }
const DATABASE: NewFirewallRule = { action: 'allow', ports: ['5432'], sources: ['203.0.113.7'] }
const POSTGRES: FirewallEffect = {
  protocol: 'tcp',
  port: 5432,
  what: 'postgres',
  before: 'open',
  after: 'closed',
  operatorUses: false,
  ours: false,
}
const SSH: FirewallEffect = {
  ...POSTGRES,
  port: 22,
  what: 'sshd',
  after: 'open',
  operatorUses: true,
}

let harness: AppHarness
let operator: Actor
beforeEach(() => {
  harness = createAppHarness()
  operator = { ...harness.actor, address: '198.51.100.9' }
})

const service = () => harness.firewall.service
const fake = () => harness.node.firewall
/** Of a connection that the operator made so long after now. */
const connectedIn = (ms: number, address = '198.51.100.9'): CommandOrigin => ({
  kind: 'connection',
  begunAt: new Date(harness.clock.now().getTime() + ms).toISOString(),
  address,
})
const status = () => service().status(operator, { kind: 'unknown' })
const states = () =>
  service()
    .listChanges(operator)
    .map(({ state }) => state)

describe('decision 13: what a node does before anybody has said anything', () => {
  it('watches and drops nothing, and is told so when the daemon starts', async () => {
    harness.node.calls.length = 0

    await harness.firewall.changes.round()

    expect(fake().loaded().mode).toBe('observe')
    expect(fake().confirmed().generation).toBe(1)
    expect(await status()).toMatchObject({ mode: 'observe', pending: null, problem: null })
    await harness.firewall.changes.round()
    expect(harness.node.calls.filter((call) => call === 'apply-firewall')).toHaveLength(1)
  })

  it('keeps listeners that are not ours open when it begins to enforce, unless they are unticked', async () => {
    fake().effects = ({ keepOpen }) => [
      keepOpen.some(({ port }) => port === 5432) ? { ...POSTGRES, after: 'open' } : POSTGRES,
      SSH,
    ]

    const preview = await service().preview(operator, { mode: 'enforce' })
    const unticked = await service().preview(operator, { mode: 'enforce', keepOpen: [] })

    expect(preview.keepOpen).toEqual([{ protocol: 'tcp', port: 5432 }])
    expect(preview.words).toEqual([
      'leaves 5432/tcp open, where postgres answers, as it is not one of ours',
      'your own connection over 22/tcp stays',
    ])
    expect(unticked.words).toEqual([
      'closes 5432/tcp, where postgres answers',
      'your own connection over 22/tcp stays',
    ])
    expect(preview.needsConfirmation).toBe(true)
    expect(states()).toEqual([])
  })
})

describe('the rules', () => {
  it('are one ordered list, in which the newest word comes first', async () => {
    await service().addRule(operator, DATABASE)
    await service().addRule(operator, {
      action: 'deny',
      sources: ['192.0.2.0/24'],
      protocol: 'any',
    })
    await service().addRule(operator, { action: 'limit', ports: ['22'], ratePerMinute: 6 }, 2)

    const rules = await service().listRules(operator)
    expect(rules.map(({ action }) => action)).toEqual(['deny', 'allow', 'limit'])

    await service().changeRule(operator, rules[2]?.id ?? '', { at: 0, ratePerMinute: 9 })
    await service().removeRule(operator, '3')
    const after = await service().listRules(operator)
    expect(after.map(({ action, ratePerMinute }) => [action, ratePerMinute])).toEqual([
      ['limit', 9],
      ['deny', null],
    ])
    expect(
      fake()
        .loaded()
        .rules.map(({ id }) => id),
    ).toEqual(after.map(({ id }) => id))
    expect(harness.audited().filter((line) => line.startsWith('firewall.apply'))).toHaveLength(5)
  })

  it('lose none of those that are added at the same time', async () => {
    const ports = ['1001', '1002', '1003', '1004', '1005']

    await Promise.all(
      ports.map((port) => service().addRule(operator, { action: 'allow', ports: [port] })),
    )

    expect((await service().listRules(operator)).flatMap((rule) => rule.ports).toSorted()).toEqual(
      ports,
    )
  })

  it('keep their ids when the whole list is sent back', async () => {
    await service().addRule(operator, DATABASE)
    const [rule] = await service().listRules(operator)
    if (!rule) throw new Error('there is a rule')

    await service().apply(operator, { rules: [{ action: 'deny', ports: ['25'] }, rule] })

    expect((await service().listRules(operator)).map(({ id }) => id)[1]).toBe(rule.id)
  })

  it('are refused where they mean nothing, and nothing is left of the attempt', async () => {
    const wrong: NewFirewallRule[] = [
      { action: 'limit', ports: ['22'] },
      { action: 'allow', protocol: 'icmp', ports: ['1'] },
      { action: 'allow', sources: ['@nobody'] },
    ]
    for (const rule of wrong)
      await expect(service().addRule(operator, rule)).rejects.toThrow(
        coded('FIREWALL_RULE_INVALID'),
      )
    await expect(service().removeRule(operator, '1')).rejects.toThrow(
      coded('FIREWALL_RULE_NOT_FOUND'),
    )

    expect(states()).toEqual([])
    expect(fake().confirmed().generation).toBe(0)
  })

  it('are 2,000 at the most, and sets 200', async () => {
    const rules = Array.from(
      { length: 2_000 },
      (_, at): NewFirewallRule => ({
        action: 'deny',
        ports: [String(at + 1)],
      }),
    )
    await service().apply(operator, { rules })

    await expect(service().addRule(operator, DATABASE)).rejects.toThrow(
      expect.objectContaining({
        code: 'FIREWALL_RULE_INVALID',
        details: { reason: 'The list would have 2001 rules; 2000 are the most.' },
      }),
    )
    expect(await service().listRules(operator)).toHaveLength(2_000)
    const sets = Array.from({ length: 200 }, (_, at) => ({ name: `set-${at}`, members: [] }))
    await service().apply(operator, { sets })
    await expect(service().saveSet(operator, 'one-more', [])).rejects.toThrow(
      coded('FIREWALL_RULE_INVALID'),
    )
  })

  it('name sets, which cannot go while they do', async () => {
    await service().saveSet(operator, 'office', ['203.0.113.0/24', '2001:db8::/48'])
    await service().addRule(operator, { action: 'allow', ports: ['22'], sources: ['@office'] })

    await expect(service().removeSet(operator, 'office')).rejects.toThrow(
      coded('FIREWALL_RULE_INVALID'),
    )
    await service().removeRule(operator, '1')
    await service().removeSet(operator, 'office')
    await expect(service().removeSet(operator, 'office')).rejects.toThrow(
      coded('FIREWALL_SET_NOT_FOUND'),
    )
    expect(fake().loaded().sets).toEqual([])
  })

  it('end when their time is over, also where that closes something', async () => {
    const expiresAt = new Date(harness.clock.now().getTime() + 7_200_000).toISOString()
    await service().addRule(operator, { ...DATABASE, expiresAt })
    fake().closes = ({ rules }) => rules.length === 0
    await harness.clock.pass(7_199_000)
    await harness.firewall.changes.round()
    expect(fake().loaded().rules).toHaveLength(1)

    await harness.clock.pass(2_000)
    expect(await service().listRules(operator)).toEqual([])
    await harness.firewall.changes.round()

    expect(fake().loaded().rules).toEqual([])
    expect(fake().confirmed().state.rules).toEqual([])
    expect(harness.audited().join()).toContain('firewall.rule-ended')
    expect(harness.problems).toEqual([])
  })

  it('asks the node one thing at a time, however many ask us (section 6)', async () => {
    let underWay = 0
    let most = 0
    let asked = 0
    const slowly = async () => {
      asked += 1
      underWay += 1
      most = Math.max(most, underWay)
      await setImmediate()
      underWay -= 1
    }
    const node = fake().agent(slowly)
    const asking = createFirewallService({
      changes: harness.firewall.changes,
      store: { listForPlatform: () => [] },
      firewall: node,
      clock: harness.clock,
      newId: () => 'id000001',
      node: 'local',
      dashboardPort: 8443,
      webPorts: [80, 443],
    })

    await Promise.all([
      ...Array.from({ length: 20 }, () => asking.status(operator, HERE)),
      ...Array.from({ length: 5 }, () => asking.preview(operator, { mode: 'isolate' })),
    ])

    expect(most).toBe(1)
    expect(asked).toBeLessThan(10)
  })

  it('may be changed by whoever has the right, and by nobody else', async () => {
    const reader: Actor = { ...operator, permissions: new Set(['firewall.read']) }
    const nobody: Actor = { ...operator, permissions: new Set(['app.read']) }

    await expect(service().status(nobody, HERE)).rejects.toThrow(coded('PERMISSION_DENIED'))
    await expect(service().preview(reader, {})).resolves.toMatchObject({ mode: 'observe' })
    await expect(service().preview(reader, { mode: 'enforce' })).resolves.toMatchObject({
      mode: 'enforce',
    })
    // Thousands of rules about large sets keep the node busy (section 6).
    for (const lists of [{ rules: [] }, { sets: [] }, { keepOpen: [] }, { allowList: [] }])
      await expect(service().preview(reader, lists)).rejects.toThrow(coded('PERMISSION_DENIED'))
    await expect(service().apply(reader, { mode: 'isolate' })).rejects.toThrow(
      coded('PERMISSION_DENIED'),
    )
    await expect(service().confirm(reader, HERE)).rejects.toThrow(coded('PERMISSION_DENIED'))
  })
})

describe('promise 7: nobody locks themselves out', () => {
  it('waits for a confirmation when it begins to enforce, and has the operator’s way in pinned', async () => {
    const change = await service().apply(operator, { mode: 'enforce' })

    expect(change).toMatchObject({ state: 'pending', summary: 'from observe to enforce' })
    expect(fake().loaded().pinned).toEqual([
      { protocol: 'tcp', port: 8443, source: '198.51.100.9' },
    ])
    expect(await status()).toMatchObject({ mode: 'enforce', pending: { number: change.number } })
    expect(CONFIRM_WITHIN_MS).toBe(60_000)
  })

  it('takes only a connection that was made after the change', async () => {
    const before = connectedIn(-1)
    await service().apply(operator, { mode: 'enforce' })
    const old = [
      before,
      connectedIn(0),
      { kind: 'unknown' } as const,
      connectedIn(500, '127.0.0.1'),
    ]

    for (const origin of old)
      await expect(service().confirm(operator, origin)).rejects.toThrow(
        coded('FIREWALL_CONNECTION_OLD'),
      )
    expect((await service().status(operator, before)).isNewConnection).toBe(false)
    expect((await service().status(operator, connectedIn(500))).isNewConnection).toBe(true)

    expect(await service().confirm(operator, connectedIn(500))).toMatchObject({
      state: 'confirmed',
    })
    expect(fake().confirmed().state.mode).toBe('enforce')
    await expect(service().confirm(operator, HERE)).rejects.toThrow(coded('FIREWALL_NOT_PENDING'))
  })

  it('counts the machine’s own console, which no firewall is in front of', async () => {
    await service().apply(operator, { mode: 'enforce' })

    expect(await service().confirm(operator, HERE)).toMatchObject({ state: 'confirmed' })
  })

  it('is back to what was confirmed when nobody confirms, and the row says so', async () => {
    await service().apply(operator, { mode: 'enforce' })
    fake().runOut()

    await harness.firewall.changes.round()

    expect(fake().loaded().mode).toBe('observe')
    expect(service().listChanges(operator)[0]).toMatchObject({
      state: 'reverted',
      reason: 'Nobody confirmed it over a new connection in time.',
    })
    expect(await status()).toMatchObject({ mode: 'observe', pending: null })
    await expect(service().confirm(operator, HERE)).rejects.toThrow(coded('FIREWALL_NOT_PENDING'))
  })

  it('says that a restart of the machine took it back', async () => {
    await service().apply(operator, { mode: 'enforce' })
    fake().reboot()

    await harness.firewall.changes.round()

    expect(service().listChanges(operator)[0]?.reason).toContain('machine was restarted')
  })

  it('lets no second change in while one waits, and takes the first back on a word', async () => {
    await service().apply(operator, { mode: 'enforce' })

    await expect(service().addRule(operator, DATABASE)).rejects.toThrow(
      coded('FIREWALL_CHANGE_PENDING'),
    )
    expect(await service().revert(operator)).toMatchObject({ state: 'reverted' })
    expect(fake().loaded().mode).toBe('observe')
    await service().addRule(operator, DATABASE)
  })

  it('closes nothing over somebody’s head when the rows are brought to the node', async () => {
    await service().addRule(operator, DATABASE)
    fake().effects = () => [{ ...SSH, after: 'closed' }]
    const restarted = harness.restartFirewall()

    await restarted.changes.round()

    expect(restarted.changes.problem()).toContain('22/tcp would be closed')
  })
})

describe('row first, effect second, result row third', () => {
  it('a daemon that ended before the reply finds the change pending, and takes it back', async () => {
    fake().isStuck = true
    void service().apply(operator, { mode: 'enforce' })
    await harness.clock.pass(10)
    expect(states()).toEqual(['applying'])

    const next = harness.restartFirewall()
    fake().isStuck = false
    await next.changes.round()

    expect(fake().loaded().mode).toBe('observe')
    expect(next.service.listChanges(operator)[0]).toMatchObject({ state: 'reverted' })
  })

  it('does a change that closes nothing once more where its reply got lost', async () => {
    fake().loseReplies = 1
    await expect(service().addRule(operator, DATABASE)).rejects.toThrow(coded('AGENT_UNREACHABLE'))
    expect(states()).toEqual(['applying'])

    await harness.firewall.changes.round()

    expect(states()).toEqual(['confirmed'])
    expect(fake().confirmed().state.rules).toHaveLength(1)
  })

  it('knows after its restart that a change was confirmed', async () => {
    await service().apply(operator, { mode: 'enforce' })
    const next = harness.restartFirewall()

    await next.changes.round()
    expect(await next.service.confirm(operator, connectedIn(1))).toMatchObject({
      state: 'confirmed',
    })
    expect(next.changes.confirmedPlan().mode).toBe('enforce')
  })

  it('says what the node has against a change, and keeps nothing of it', async () => {
    fake().refuse = new CodedError('FIREWALL_REFUSED', { reason: 'syntax error' })

    await expect(service().addRule(operator, DATABASE)).rejects.toThrow(coded('FIREWALL_REFUSED'))

    expect(service().listChanges(operator)[0]).toMatchObject({
      state: 'failed',
      reason: 'syntax error',
    })
    expect(await service().listRules(operator)).toEqual([])
  })

  it('shows its rows while the node is away, says so once, and catches up when it is back', async () => {
    await harness.firewall.changes.round()
    await service().addRule(operator, DATABASE)
    harness.node.away = 'AGENT_UNREACHABLE'

    const away = await status()
    expect(away).toMatchObject({ mode: 'observe', ruleCount: 1 })
    expect(away.problem).toContain('agent')
    expect(await service().listRules(operator)).toMatchObject([{ packets: null }])
    const restarted = harness.restartFirewall()
    await restarted.changes.round()
    await restarted.changes.round()
    expect(harness.problems).toHaveLength(1)

    harness.node.away = undefined
    await restarted.changes.round()
    expect(restarted.changes.problem()).toBeNull()
  })

  it('gives the node its rules again when it has lost them', async () => {
    await service().apply(operator, { mode: 'isolate' })
    await harness.firewall.changes.round()
    fake().forget()
    expect(fake().loaded().mode).toBe('observe')

    await harness.clock.pass(61_000)
    await harness.firewall.changes.round()

    expect(fake().loaded().mode).toBe('isolate')
  })

  it('does not begin to enforce by itself on a machine that never did', async () => {
    await service().apply(operator, { mode: 'enforce' })
    await service().confirm(operator, HERE)
    fake().forget()

    const restored = harness.restartFirewall()
    await restored.changes.round()

    expect(fake().loaded().mode).toBe('observe')
    expect((await restored.service.status(operator, HERE)).problem).toContain('never enforced')
    await restored.service.apply(operator, { mode: 'enforce' })
    await restored.service.confirm(operator, HERE)
    await restored.changes.round()
    expect(restored.changes.problem()).toBeNull()
    expect(fake().confirmed().state.mode).toBe('enforce')
  })

  it('forgets old changes, and never the one that holds', async () => {
    await service().apply(operator, { allowList: ['203.0.113.7'] })
    fake().refuse = new CodedError('FIREWALL_REFUSED')
    for (let turn = 0; turn < 60; turn += 1)
      await service()
        .addRule(operator, DATABASE)
        .catch(() => undefined)

    expect((await status()).allowList).toEqual(['203.0.113.7'])
    expect(states().filter((state) => state === 'failed')).toHaveLength(50)
  })
})
