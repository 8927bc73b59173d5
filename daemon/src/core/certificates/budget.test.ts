import { beforeEach, describe, expect, it } from 'vitest'
import { createCertificateOrderStore } from '#store/certificate-order-store.ts'
import type { WantOwner } from '#store/certificate-want-store.ts'
import { openTestDatabase } from '#test/test-database.ts'
import { createFakeClock, type FakeClock } from '#test/fakes/clock.ts'
import { createBudget } from './budget.ts'

const HOUR_MS = 3_600_000
const CA = 'letsencrypt'
const MANY: WantOwner = { team: 'team-1', app: 'many' }
const BESIDE: WantOwner = { team: 'team-1', app: 'beside' }
const STRANGER: WantOwner = { team: 'team-2', app: 'stranger' }
const OWN: WantOwner = { team: 'team-1', app: '' }

let clock: FakeClock
let owners: { teams: number; apps: number }
let budget: ReturnType<typeof createBudget>
beforeEach(() => {
  clock = createFakeClock()
  owners = { teams: 2, apps: 2 }
  const orders = createCertificateOrderStore(openTestDatabase(':memory:', { create: true }))
  budget = createBudget({ orders, ownersOf: () => owners, clock })
})

const freeAt = (owner: WantOwner, isRenewal = false): Date | undefined =>
  budget.orderFreeAt({
    issuerId: CA,
    key: 'x.example.com',
    names: ['x.example.com'],
    isShared: false,
    isRenewal,
    lifeMs: undefined,
    owner,
  })

/** Orders for as long as it may; gives how many. */
function orderAll(owner: WantOwner): number {
  let count = 0
  while (freeAt(owner) === undefined) {
    budget.noteOrder(CA, false, owner)
    count += 1
  }
  return count
}

describe('the orders that all share (R4)', () => {
  it('are given to one app for half of what is left, so that each that comes finds some', () => {
    expect(orderAll(MANY)).toBe(61)
    expect(orderAll(BESIDE)).toBe(31)
    owners = { teams: 2, apps: 1 }
    expect(orderAll(STRANGER)).toBe(77)
    owners = { teams: 2, apps: 2 }
    expect(freeAt(MANY)?.getTime()).toBe(clock.now().getTime() + 3 * HOUR_MS)
    expect(freeAt(MANY, true)).toBeUndefined()
  })

  it('are all there for an app alone, but for what the dashboard may need', () => {
    owners = { teams: 1, apps: 1 }
    expect(orderAll(MANY)).toBe(246)
    expect(orderAll(OWN)).toBe(4)
    expect(orderAll(OWN)).toBe(0)
  })

  it('come back as those before are three hours old', async () => {
    owners = { teams: 1, apps: 2 }
    expect(orderAll(MANY)).toBe(123)
    await clock.pass(2 * HOUR_MS)
    expect(orderAll(MANY)).toBe(0)
    await clock.pass(HOUR_MS + 1_000)
    expect(orderAll(MANY)).toBe(123)
  })
})
