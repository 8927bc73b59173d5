import { App, DEFAULT_APP_SETTINGS } from '@vastrox/shared/app.ts'
import type { AuditEvent } from '@vastrox/shared/audit-event.ts'
import { describe, expect, it } from 'vitest'
import { happeningsOf, sayAct } from '#features/overview/happenings.ts'

const event = (given: Partial<AuditEvent>): AuditEvent => ({
  id: 1,
  at: '2026-11-27T10:00:00.000Z',
  actor: 'anna',
  actorId: 'u1',
  action: 'addon.create',
  target: 'shop-db',
  result: 'ok',
  address: null,
  via: null,
  details: {},
  ...given,
})
const app = (name: string, at: string): App =>
  App.parse({
    id: name,
    name,
    stack: null,
    state: 'running',
    urls: [],
    gitUrl: '',
    gitSshUrl: '',
    liveRelease: 1,
    lastDeployment: { number: 4, state: 'failed', title: 'Add a cart', at },
    settings: DEFAULT_APP_SETTINGS,
    createdAt: at,
  })

describe('an act of the audit log', () => {
  it.each([
    ['addon.create', 'shop-db', 'ok', 'created add-on shop-db'],
    ['session.sign-in', 'anna', 'denied', 'signed in (refused)'],
    ['env-group.reveal', 'mail', 'ok', 'looked at the secret of env group mail'],
    ['thing.tell', 'x', 'failed', 'thing.tell x (failed)'],
    ['backup.create', '01m8dv1xcpzjjpxr75fzmzz7f9', 'ok', 'created backup'],
  ] as const)('%s is said in words', (action, target, result, words) => {
    expect(sayAct(event({ action, target, result }))).toBe(words)
  })
})

describe('what happened', () => {
  it('has deployments and acts in one list, newest first, and leaves out what is no news', () => {
    const told = happeningsOf(
      [app('shop', '2026-11-27T10:05:00.000Z')],
      [
        event({ id: 2 }),
        event({ id: 3, action: 'token.use', at: '2026-11-27T10:09:00.000Z' }),
        event({ id: 4, action: 'app.stop', target: 'blog', at: '2026-11-27T10:07:00.000Z' }),
      ],
      10,
    )
    expect(told.map(({ who, what }) => `${who} ${what}`)).toEqual([
      'anna stopped app blog',
      'shop #4 failed: Add a cart',
      'anna created add-on shop-db',
    ])
    expect(told[1]).toMatchObject({ tone: 'bad', app: 'shop', deployment: 4 })
  })

  it('holds no more than asked for', () => {
    const many = Array.from({ length: 30 }, (_, id) => event({ id }))
    expect(happeningsOf([], many, 8)).toHaveLength(8)
  })
})
