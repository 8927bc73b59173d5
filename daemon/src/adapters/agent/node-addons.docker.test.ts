import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CACHE, describeNodeAddons } from '#test/contracts/node-addons-contract.ts'
import { startRealAgent } from '#test/real-agent.ts'

const VOLUME = CACHE.volume?.volumeId ?? ''

describeNodeAddons('the agent process', async () => {
  const real = await startRealAgent()
  const close = async (): Promise<void> => {
    await real.agent.removeVolume(CACHE.addonId, VOLUME)
    await real.remove([])
  }
  return { addons: real.agent.addons, close }
})

let real: Awaited<ReturnType<typeof startRealAgent>>
beforeAll(async () => {
  real = await startRealAgent()
  await real.agent.addons.prepare(CACHE.image, () => {}, AbortSignal.timeout(240_000))
})
afterAll(() => real.remove([]))

it('a console, the log, links and exceptions go through the adapter', async () => {
  const { addons } = real.agent
  const signal = AbortSignal.timeout(60_000)
  const { addonId, addonName } = CACHE
  await addons.start(CACHE)
  await addons.keepLinks([{ addonId, addonName, appId: 'app00000001', appName: 'blog' }])
  await expect(
    addons.keepExceptions([
      { addonId, from: '::1', hostPort: 9, addonPort: 6_379, until: new Date().toISOString() },
    ]),
  ).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
  await addons.keepExceptions([])

  const session = await addons.openExec(
    {
      addonId,
      argv: ['cat'],
      env: {},
      terminal: null,
      stdin: true,
      timeoutMs: 30_000,
      idleMs: 30_000,
    },
    signal,
  )
  await session.write(Buffer.from('grün\n'))
  session.end()
  let shown = ''
  for await (const { bytes } of session.output) shown += Buffer.from(bytes).toString()
  expect([shown, await session.exit]).toEqual(['grün\n', { exitCode: 0, oomKilled: false }])

  const lines: string[] = []
  for (let turn = 0; turn < 50 && !lines.some((each) => each.includes('Ready to accept')); turn++) {
    lines.length = 0
    await sleep(100)
    for await (const { text } of addons.readLogs(
      { addonId, since: null, tail: 100, follow: false },
      signal,
    ))
      lines.push(text)
  }
  expect(lines.join('\n')).toContain('Ready to accept connections')
  await addons.remove(addonId)
  await real.agent.removeVolume(addonId, VOLUME)
  expect(await addons.list()).toEqual([])
}, 120_000)
