import { generateKeyPairSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { certificateTools } from '#adapters/acme/certificate-tools.ts'
import { createCertificateRig } from '#test/acme/certificate-rig.ts'
import { createFakeAuthority } from '#test/acme/fake-authority.ts'
import { createFakeClock } from '#test/fakes/clock.ts'
import type { WantRecord } from '#store/certificate-want-store.ts'
import { createCertificateRunner } from './certificate-runner.ts'

const HOST = 'short.acme-corp.com'
const LIFE_MS = 40_000

/** At once: a thread that makes one needs time that does not pass here. */
const KEY = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}).privateKey

it('R3 a certificate that lives for seconds does not expire because the proxy did not answer for some', async () => {
  const clock = createFakeClock()
  const authority = createFakeAuthority(clock)
  authority.lifeMs = LIFE_MS
  let isStuck = false
  let shown: { token: string; keyAuthorization: string }[] = []
  authority.seen = (_type, _name, token) =>
    shown.find((each) => each.token === token)?.keyAuthorization
  const rig = createCertificateRig({
    clock,
    preflight: async () => ({ ok: true }),
    publish: async ({ challenges }) => {
      if (isStuck) throw new Error('the workers do not answer')
      shown = [...challenges]
    },
    served: { isServed: async () => true },
    tools: { ...certificateTools, newKey: async () => KEY },
    openAuthority: async () => authority.authority,
  })
  const endOf = (): number => Date.parse(rig.service.stateOf(HOST).certificate?.notAfter ?? '')
  rig.service.want([HOST])
  rig.service.start()
  await clock.pass(1_000)
  const first = endOf()
  expect(first).toBeGreaterThan(clock.now().getTime())

  // While it is renewed, half-way through its life, the workers are busy for three seconds.
  isStuck = true
  await clock.pass(LIFE_MS / 2 + 2_000)
  isStuck = false
  expect(rig.problems.join()).toContain('the workers do not answer')
  await clock.pass(10_000)

  expect(endOf()).toBeGreaterThan(first)
  await rig.end()
})

it('a turn that comes while the rows are read is not slept over', async () => {
  const clock = createFakeClock()
  const dueAt = new Date(clock.now().getTime() + 1)
  const want: WantRecord = {
    names: HOST,
    teamId: 'team-1',
    state: 'valid',
    reason: null,
    nextAttemptAt: dueAt.toISOString(),
    wantedSince: dueAt.toISOString(),
    droppedAt: null,
  }
  const worked: string[] = []
  const isLeft = (): boolean => worked.length === 0
  const runner = createCertificateRunner({
    wants: {
      listDueForPlatform: (now) =>
        isLeft() && dueAt <= now ? [{ ...want, owner: { team: 'team-1', app: '' } }] : [],
      nextTurnForPlatform: (now) => (isLeft() && dueAt > now ? dueAt : undefined),
      findForPlatform: () => want,
      saveForPlatform: () => undefined,
    },
    certificates: {
      listForPlatform: () => [],
      listAskableForPlatform: () => [],
      nextAskForPlatform: () => undefined,
    },
    rounds: { ask: async () => undefined },
    isOwn: () => false,
    work: async ({ names }) => {
      worked.push(names)
    },
    // A millisecond passes each time that somebody looks.
    clock: {
      ...clock,
      now() {
        const seen = clock.now()
        clock.jump(1)
        return seen
      },
    },
    onProblem: () => undefined,
  })

  runner.start()
  await clock.pass(1_000)

  expect(worked).toEqual([HOST])
  await runner.stop()
})
