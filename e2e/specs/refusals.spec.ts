import { renameSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { destroyApp, pushTinyApp, tinyApp, versionOf } from '#support/apps.ts'
import { connectInstallation, until } from '#support/installation.ts'
import { mountSmallDisk } from '#support/small-disk.ts'
import type { WorkingCopy } from '#support/working-copy.ts'

const vastrox = connectInstallation()
const APP = 'refusals'

let copy: WorkingCopy
beforeAll(async () => {
  copy = await pushTinyApp(vastrox, APP, 'v1')
})
afterAll(async () => {
  await destroyApp(vastrox, APP)
  copy.remove()
})

const stateOf = async (name: string): Promise<string | undefined> =>
  (await vastrox.status()).processes.find((process) => process.name === name)?.state

describe('a control database that is not what it was (S4)', () => {
  const database = vastrox.paths.controlDatabase

  async function isRefused(): Promise<void> {
    await vastrox.kill('daemon', 'SIGKILL')
    await until('the daemon to refuse', async () => (await stateOf('daemon')) === 'refused')
  }

  async function putBack(): Promise<void> {
    for (const end of ['', '-wal', '-shm'])
      try {
        renameSync(`${database}.aside${end}`, `${database}${end}`)
      } catch {
        // A database that was closed well has no log beside it.
      }
    await vastrox.command('up')
    await until(
      'the daemon to answer',
      async () => (await vastrox.api('GET', '/apps')).status === 200,
    )
  }

  function putAside(): void {
    for (const end of ['-wal', '-shm', ''])
      try {
        renameSync(`${database}${end}`, `${database}.aside${end}`)
      } catch {
        // As above.
      }
  }

  it('missing: it is refused, never begun anew; apps answer; put back, all is there', async () => {
    process.kill(await vastrox.pidOf('daemon'), 'SIGSTOP')
    putAside()
    await isRefused()

    expect(await versionOf(vastrox, APP)).toBe('v1')
    await putBack()
    expect((await vastrox.api('GET', `/apps/${APP}`)).status).toBe(200)
  })

  it('damaged: the same', async () => {
    process.kill(await vastrox.pidOf('daemon'), 'SIGSTOP')
    putAside()
    writeFileSync(database, Buffer.alloc(65_536, 'x'))
    await isRefused()

    expect(await versionOf(vastrox, APP)).toBe('v1')
    await putBack()
    expect((await vastrox.api('GET', `/apps/${APP}`)).status).toBe(200)
  })
})

describe('a name that is taken', () => {
  it('is refused, and who has it loses nothing', async () => {
    const answer = await vastrox.api('POST', '/apps', { name: APP })

    expect(answer.status).toBe(409)
    expect(answer.body).toContain('APP_NAME_TAKEN')
    expect(await versionOf(vastrox, APP)).toBe('v1')
  })
})

describe('a disk that is full', () => {
  it('refuses the push in words, keeps what runs, and takes the push once there is room', async () => {
    copy.write({ ...tinyApp('v2'), 'large.bin': 'x'.repeat(3 * 2 ** 20) })
    await copy.commit('v2')
    const disk = await mountSmallDisk(vastrox.paths.sources, 2 ** 20, vastrox.paths.daemon)
    const refused = await copy.push()
    await disk.remove()

    expect(refused.exitCode).not.toBe(0)
    expect(refused.output).toMatch(/disk .*full/i)
    expect(await versionOf(vastrox, APP)).toBe('v1')

    const taken = await copy.push()
    expect(taken.exitCode, taken.output).toBe(0)
    expect(await versionOf(vastrox, APP)).toBe('v2')
  })
})
