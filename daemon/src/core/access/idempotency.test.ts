import { describe, expect, it } from 'vitest'
import { createIdempotencyService } from '#core/access/idempotency-service.ts'
import { createSecretBox } from '#adapters/system/secret-box.ts'
import { createIdempotencyStore } from '#store/idempotency-store.ts'
import { createAccessHarness } from '#test/access-harness.ts'

const coded = (code: string) => expect.objectContaining({ code })
const REQUEST = ['POST', '/api/v1/apps', { name: 'blog' }]
const CREATED = { status: 201, body: '{"name":"blog","token":"vxt_api_hush"}' }

function setUp() {
  const harness = createAccessHarness()
  return { ...harness, actor: harness.access.rootActor() }
}

describe('a write with an Idempotency-Key', () => {
  it('is carried out once, and its reply given again', () => {
    const { idempotency, actor, everythingAtRest } = setUp()

    expect(idempotency.begin(actor, 'k1', REQUEST)).toBeUndefined()
    idempotency.finish(actor, 'k1', CREATED)

    expect(idempotency.begin(actor, 'k1', REQUEST)).toEqual(CREATED)
    expect(everythingAtRest()).not.toContain('hush')
  })

  it('is refused while the first is under way, and for another request', () => {
    const { idempotency, actor } = setUp()
    idempotency.begin(actor, 'k1', REQUEST)

    expect(() => idempotency.begin(actor, 'k1', REQUEST)).toThrow(coded('IDEMPOTENCY_KEY_BUSY'))
    idempotency.finish(actor, 'k1', CREATED)
    expect(() => idempotency.begin(actor, 'k1', ['DELETE', '/api/v1/apps/blog'])).toThrow(
      coded('IDEMPOTENCY_KEY_REUSED'),
    )
  })

  it('is nobody else’s', () => {
    const { idempotency, actor } = setUp()
    idempotency.begin(actor, 'k1', REQUEST)
    idempotency.finish(actor, 'k1', CREATED)

    expect(idempotency.begin({ ...actor, id: 'anna' }, 'k1', REQUEST)).toBeUndefined()
    // Nor is what they did in one team done in another.
    expect(idempotency.begin({ ...actor, teamId: 'theirs' }, 'k1', REQUEST)).toBeUndefined()
    expect(idempotency.begin(actor, 'k1', REQUEST)).toEqual(CREATED)
  })

  it('is tried again after an unexpected failure, and when a restart cut it off', () => {
    const { idempotency, actor, db, masterKey, clock } = setUp()
    idempotency.begin(actor, 'k1', REQUEST)
    idempotency.finish(actor, 'k1', { status: 500, body: '' })
    expect(idempotency.begin(actor, 'k1', REQUEST)).toBeUndefined()

    const afterRestart = createIdempotencyService({
      store: createIdempotencyStore(db),
      secretBox: createSecretBox(masterKey),
      clock,
      key: masterKey.deriveKey('idempotency'),
    })
    expect(afterRestart.begin(actor, 'k1', REQUEST)).toBeUndefined()
    afterRestart.finish(actor, 'k1', CREATED)
    expect(afterRestart.begin(actor, 'k1', REQUEST)).toEqual(CREATED)
  })

  it('is forgotten after a day', () => {
    const { idempotency, actor, pass, db } = setUp()
    idempotency.begin(actor, 'k1', REQUEST)
    idempotency.finish(actor, 'k1', CREATED)

    pass(86_400_001)

    expect(idempotency.begin(actor, 'k2', REQUEST)).toBeUndefined()
    expect(db.prepare('SELECT count(*) FROM idempotency_keys').pluck().get()).toBe(1)
    expect(idempotency.begin(actor, 'k1', REQUEST)).toBeUndefined()
  })
})
