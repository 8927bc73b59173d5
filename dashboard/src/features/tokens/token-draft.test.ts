import { Permission, ROLE_PERMISSIONS } from '@vastrox/shared/permissions.ts'
import { describe, expect, it } from 'vitest'
import { endOf, isReady, NEW_TOKEN, wishOf, wrongNetwork } from './token-draft.ts'

const all = Permission.options

describe('a new token of the dashboard', () => {
  it('pushes to every app for 90 days, unless something else is chosen', () => {
    expect(wishOf({ ...NEW_TOKEN, name: ' laptop ' }, all)).toEqual({
      name: 'laptop',
      kind: 'api',
      apps: null,
      networks: null,
      expiresInDays: 90,
      permissions: ['app.read', 'app.create', 'app.deploy'],
    })
  })

  it('is a deploy token of one app, and waits until that is named', () => {
    const draft = { ...NEW_TOKEN, name: 'ci', use: 'deploy' as const }

    expect(isReady(draft)).toBe(false)
    expect(isReady({ ...draft, apps: ['shop', 'blog'] })).toBe(false)
    expect(isReady({ ...draft, apps: ['shop'] })).toBe(true)
    expect(wishOf({ ...draft, apps: ['shop'], days: 'never' }, all)).toEqual({
      name: 'ci',
      kind: 'deploy',
      apps: ['shop'],
      networks: null,
      expiresInDays: null,
    })
  })

  it('gives nothing that its maker may not do', () => {
    const viewer = ROLE_PERMISSIONS.viewer
    const chosen = { ...NEW_TOKEN, name: 'x', use: 'chosen' as const }

    expect(wishOf({ ...NEW_TOKEN, name: 'x' }, viewer).permissions).toEqual(['app.read'])
    expect(isReady(chosen)).toBe(false)
    expect(
      wishOf({ ...chosen, permissions: ['app.read', 'app.destroy'] }, viewer).permissions,
    ).toEqual(['app.read'])
    expect(wishOf({ ...NEW_TOKEN, name: 'x', use: 'all' }, viewer).permissions).toBeUndefined()
  })

  it('may come from the networks that are written, however they are parted', () => {
    const draft = { ...NEW_TOKEN, name: 'x', networks: '203.0.113.0/24, 2001:db8::/32\n192.0.2.7' }

    expect(isReady(draft)).toBe(true)
    expect(wishOf(draft, all).networks).toEqual(['203.0.113.0/24', '2001:db8::/32', '192.0.2.7'])
    expect(wrongNetwork('203.0.113.0/24 office')).toContain('office is no address')
    expect(isReady({ ...draft, networks: '203.0.113.0/99' })).toBe(false)
  })
})

it('says two weeks before that a token ends', () => {
  const now = new Date('2026-11-26T12:00:00Z')

  expect(endOf(null, now)).toBe('never')
  expect(endOf('2026-12-11T12:00:00Z', now)).toBe('later')
  expect(endOf('2026-12-10T12:00:00Z', now)).toBe('soon')
  expect(endOf('2026-11-26T12:00:00Z', now)).toBe('over')
})
