import { Process } from '@vastrox/shared/process.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { destroyApp, pushTinyApp, untilSettled } from '#support/apps.ts'
import { connectInstallation, until } from '#support/installation.ts'
import type { WorkingCopy } from '#support/working-copy.ts'
import { putToSleep, sleepOf } from '../bench/sleep.ts'

const vastrox = connectInstallation()
const APP = 'sleeper'
const VISITORS = 200

let copy: WorkingCopy
beforeAll(async () => {
  copy = await pushTinyApp(vastrox, APP, 'v1')
  await vastrox.api('PATCH', `/apps/${APP}`, { watchMs: 0, sleepAfterMs: 10_000 })
  await untilSettled(vastrox, APP)
})
afterAll(async () => {
  await destroyApp(vastrox, APP)
  copy.remove()
})

async function stateOfInstance(): Promise<string | undefined> {
  const { items } = await vastrox.read(pageOf(Process), `/apps/${APP}/processes`)
  return items[0]?.instances[0]?.state
}

describe('an app that sleeps', () => {
  it('fell asleep by itself, and answers 200 visitors who come at once, each with its own answer', async () => {
    await until('the app to sleep', async () => (await sleepOf(vastrox, APP)).isAsleep)
    expect(await stateOfInstance()).toBe('asleep')

    const answers = await Promise.all(
      Array.from({ length: VISITORS }, (_, index) => vastrox.visit(APP, `/${index}`)),
    )

    expect(answers.map(({ status, body }) => `${status} ${body}`)).toEqual(
      answers.map((_, index) => `200 v1 /${index}`),
    )
    const { lastDay } = await sleepOf(vastrox, APP)
    expect(lastDay.freedBytes).toBeGreaterThan(1_000_000)
    expect(lastDay.slowestWakeMs).toBeGreaterThan(0)
  })

  it('sleeps on through the death of agent and daemon, says so meanwhile, and wakes after it', async () => {
    await putToSleep(vastrox, APP)
    const daemon = await vastrox.pidOf('daemon')
    process.kill(daemon, 'SIGSTOP')
    try {
      await vastrox.kill('agent', 'SIGKILL')
    } finally {
      process.kill(daemon, 'SIGKILL')
    }

    const meanwhile = await vastrox.visit(APP)
    // Held for as long as a restart takes: either it was woken by the next daemon, or that is said.
    const isSaid = /^\d+$/.test(String(meanwhile.headers['retry-after']))
    expect([200, 503]).toContain(meanwhile.status)
    expect(isSaid).toBe(meanwhile.status === 503)
    const answer = await until('the app to wake', async () => {
      const { status, body } = await vastrox.visit(APP)
      return status === 200 ? body : undefined
    })

    expect(answer).toBe('v1 /')
    expect((await sleepOf(vastrox, APP)).isAsleep).toBe(false)
  })
})
